// Create, execute, status, terminate: one operation of each per sandbox, so that samples are independent (one cluster
// each). The command run inside hashes a fresh nonce with the sandbox's own id, which only code in there can know.
import { createHash } from "node:crypto";
import { openSamples, type SampleRecorder } from "../harness/evidence/recorder.ts";
import { makeId } from "../src/host/ids.ts";
import { systemRandom } from "../src/host/random.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure, now } from "./schedule.ts";
import type { Setting } from "./setting.ts";

export interface CyclePlan {
  readonly samples: number;
  readonly warmup: number;
  /** From one creation to the next, and from a creation to the other three, ms. */
  readonly everyMs: number;
  readonly executeMs: number;
  readonly statusMs: number;
  readonly terminateMs: number;
}

export const cyclePlans: Readonly<Record<"local" | "cloud", CyclePlan>> = {
  local: { samples: 100, warmup: 4, everyMs: 160, executeMs: 60, statusMs: 90, terminateMs: 110 },
  cloud: { samples: 93, warmup: 1, everyMs: 5_000, executeMs: 2_500, statusMs: 3_500, terminateMs: 4_000 },
};

type Operation = "create" | "execute" | "status" | "terminate";

export function openCycle(setting: Setting, plan: CyclePlan): BenchCase {
  const { bench, context, backend } = setting;
  const recorders = {
    create: openSamples(context, "bench", { name: "bench.sandbox.create", unit: "ns" }),
    execute: openSamples(context, "bench", { name: "bench.sandbox.execute", unit: "ns" }),
    status: openSamples(context, "bench", { name: "bench.sandbox.status", unit: "ns" }),
    terminate: openSamples(context, "bench", { name: "bench.sandbox.terminate", unit: "ns" }),
  } satisfies Record<Operation, SampleRecorder>;
  const base = now(bench) + 50_000_000;
  let i = 0;
  return {
    name: "create, execute, status, terminate",
    iterations: plan.warmup + setting.scale(plan.samples),
    close: () => Object.values(recorders).forEach((recorder) => recorder.close()),
    async next(): Promise<void> {
      const ph = i < plan.warmup ? "warmup" : "measure";
      const start = base + i * plan.everyMs * 1_000_000;
      const at = (ms: number): number => start + ms * 1_000_000;
      i += 1;
      const shared = { ph, subject: "target" } as const;
      const sandboxId = await measure(bench, {
        ...shared,
        recorder: recorders.create,
        sch: start,
        cl: `cycle-${i}`,
        operation: async () => {
          const { sandboxes } = await backend.call("createE2bSandbox", { template: "base", timeoutSeconds: 120 });
          return sandboxes[0]?.sandboxId ?? "";
        },
        facts: (id) => ({ sandboxId: id }),
      });
      const dropped = (name: Operation, ms: number): void =>
        recorders[name].record({ sch: at(ms), st: null, dur: null, out: "dropped", ph, cl: `cycle-${i}` }, null);
      if (sandboxId === null) {
        dropped("execute", plan.executeMs);
        dropped("status", plan.statusMs);
        dropped("terminate", plan.terminateMs);
        return;
      }
      const nonce = makeId("n", systemRandom);
      await measure(bench, {
        ...shared,
        recorder: recorders.execute,
        sch: at(plan.executeMs),
        cl: sandboxId,
        operation: () =>
          backend.call("executeE2bProcess", {
            sandboxId,
            command: `printf '%s:%s' '${nonce}' "$E2B_SANDBOX_ID" | sha256sum`,
          }),
        facts: ({ stdout }) => echoed(sandboxId, nonce, stdout.slice(0, 64)),
      });
      await measure(bench, {
        ...shared,
        recorder: recorders.status,
        sch: at(plan.statusMs),
        cl: sandboxId,
        operation: () => backend.call("getE2bSandboxStatus", { sandboxId }),
        facts: ({ createdAt }) => ({ sandboxId, listed: true, serverStartedAt: createdAt }),
      });
      await measure(bench, {
        ...shared,
        recorder: recorders.terminate,
        sch: at(plan.terminateMs),
        cl: sandboxId,
        operation: () => backend.call("terminateE2bSandbox", { sandboxId }),
        facts: () => ({ sandboxId }),
      });
    },
  };
}

/** The echo counts only when it is the hash of the nonce and the id that the target issued. */
function echoed(sandboxId: string, nonce: string, echo: string) {
  const expected = createHash("sha256").update(`${nonce}:${sandboxId}`).digest("hex");
  return { sandboxId, nonce, ...(echo === expected ? { nonceEcho: echo } : {}) };
}
