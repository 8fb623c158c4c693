// Signs that something stands between this process and the network: a replaced global fetch, a mock dispatcher, the SDK's
// debug switch. Law: measurement §2: such a shard is not measured; E2B_DEBUG makes every sample INVALID.
import type { Env } from "../../src/host/env.ts";

const fetchAtLoad: unknown = Reflect.get(globalThis, "fetch");
const dispatcherKeys = [Symbol.for("undici.globalDispatcher.1"), Symbol.for("undici.globalDispatcher.2")];
const honestDispatchers = new Set(["Agent", "EnvHttpProxyAgent", "RetryAgent", "Pool", "Client"]);

/** Sentences that name what was found; empty when nothing was. */
export function findInterference(env: Env): readonly string[] {
  const found: string[] = [];
  if (env["E2B_DEBUG"]?.toLowerCase() === "true") {
    found.push("E2B_DEBUG is set: the SDK answers without any call");
  }
  const fetchNow: unknown = Reflect.get(globalThis, "fetch");
  if (fetchNow !== fetchAtLoad || (typeof fetchNow === "function" && !/undici/i.test(String(fetchNow)))) {
    found.push("the global fetch was replaced");
  }
  for (const key of dispatcherKeys) {
    const dispatcher: unknown = Reflect.get(globalThis, key);
    if (typeof dispatcher !== "object" || dispatcher === null) continue;
    if (!honestDispatchers.has(dispatcher.constructor.name)) found.push("the global dispatcher was replaced");
  }
  return found;
}
