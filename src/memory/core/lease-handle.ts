// The lease of one name, as callers hold it.
import { invariant } from "../../contracts/invariant.ts";
import type { Lease } from "../../contracts/record-lease.ts";
import { checkCount, checkName } from "./draft.ts";
import type { Engine } from "./engine.ts";
import { readLease } from "./leases.ts";
import { maxLeaseMs, minLeaseMs } from "./limits.ts";

export function openLease(engine: Engine, namespace: string, name: string): Lease {
  checkName("namespace", namespace);
  checkName("lease", name);
  const at = { namespace, name, fence: null } as const;
  return {
    async acquire({ holder, ttlMs }) {
      checkName("holder", holder);
      checkCount("ttlMs", ttlMs, minLeaseMs, maxLeaseMs);
      const reply = await engine.write({ op: "acquire", ...at, holder, ttlMs });
      invariant(reply.op === "acquire", "an acquire is answered as one");
      return reply.value;
    },
    async renew(token, ttlMs) {
      checkCount("ttlMs", ttlMs, minLeaseMs, maxLeaseMs);
      const reply = await engine.write({ op: "renew", ...at, token, ttlMs });
      invariant(reply.op === "renew", "a renewal is answered as one");
      return reply.value;
    },
    async release(token) {
      const reply = await engine.write({ op: "leave", ...at, token });
      invariant(reply.op === "leave", "a release is answered as one");
      return reply.value;
    },
    read: () => engine.read(readLease(at)),
    fence: (token) => ({ namespace, lease: name, token }),
  };
}
