// The only file that names the E2B SDK. `import "e2b"` is a CommonJS build that cannot load on some Node 20; the ES build
// takes a quarter of a second, so it is loaded on first use.
import type { CommandHandle, Sandbox, SandboxInfo, SandboxMetrics } from "e2b/dist/index.mjs";
import type { ConnectionOptions } from "./connection.ts";

export type Sdk = typeof import("e2b/dist/index.mjs");
export type SandboxClass = typeof Sandbox;
export type { CommandHandle, Sandbox, SandboxInfo, SandboxMetrics };

export interface LoadedSdk {
  readonly sdk: Sdk;
  /** The Sandbox class bound to one target. */
  readonly Sandbox: SandboxClass;
}

export async function loadSdk(options: ConnectionOptions): Promise<LoadedSdk> {
  const sdk = await import("e2b/dist/index.mjs");
  return { sdk, Sandbox: new sdk.E2B({ ...options }).Sandbox };
}
