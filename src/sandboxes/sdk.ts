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

/** What of a measurement we use. */
export type UseSample = Pick<SandboxMetrics, "cpuUsedPct" | "memUsed" | "diskUsed">;

export interface LoadedSdk {
  readonly sdk: Sdk;
  /** The classes bound to one target. */
  readonly Sandbox: SandboxClass;
  readonly Template: typeof e2b.Template;
  /** The newest measurement of each of at most 100 sandboxes that has one. */
  readonly newestMetrics: (ids: readonly string[]) => Promise<ReadonlyMap<string, UseSample>>;
}

export async function loadSdk(options: ConnectionOptions): Promise<LoadedSdk> {
  const sdk = await import("e2b/dist/index.mjs");
  const { Sandbox, Template } = new sdk.E2B({ ...options });
  const client = new sdk.ApiClient(new sdk.ConnectionConfig({ ...options }));
  return {
    sdk,
    Sandbox,
    Template,
    async newestMetrics(ids) {
      const query = { sandbox_ids: [...ids] };
      const { data, response } = await client.api.GET("/sandboxes/metrics", {
        params: { query },
        // E2B reads one comma-separated value, not one parameter for each id.
        querySerializer: () => `sandbox_ids=${ids.map((id) => encodeURIComponent(id)).join(",")}`,
      });
      if (data === undefined) throw statusError(sdk, response.status);
      return new Map(Object.entries(data.sandboxes));
    },
  };
}

/** As the SDK's own calls would have thrown. */
function statusError(sdk: Sdk, status: number): Error {
  if (status === 401) return new sdk.AuthenticationError("the key was refused");
  if (status === 429) return new sdk.RateLimitError("too many requests");
  const error = new sdk.SandboxError(`status ${status}`);
  error.statusCode = status;
  return error;
}
