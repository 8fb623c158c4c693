// The only file that names the E2B SDK. `import "e2b"` is a CommonJS build that cannot load on some Node 20; the ES build
// takes a quarter of a second, so it is loaded on first use.
import type * as e2b from "e2b/dist/index.mjs";
import type { ConnectionOptions } from "./connection.ts";

export type Sdk = typeof import("e2b/dist/index.mjs");
export type Sandbox = e2b.Sandbox;
export type SandboxClass = typeof e2b.Sandbox;
export type CommandHandle = e2b.CommandHandle;
export type SandboxInfo = e2b.SandboxInfo;
export type SandboxMetrics = e2b.SandboxMetrics;

export interface LoadedSdk {
  readonly sdk: Sdk;
  /** The Sandbox class bound to one target. */
  readonly Sandbox: SandboxClass;
}

export async function loadSdk(options: ConnectionOptions): Promise<LoadedSdk> {
  const sdk = await import("e2b/dist/index.mjs");
  return { sdk, Sandbox: new sdk.E2B({ ...options }).Sandbox };
}
