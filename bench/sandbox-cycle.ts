// Create, execute, status, terminate: one operation of each per sandbox, so that samples are independent (one cluster
// each). The command run inside hashes a fresh nonce with the sandbox's own id, which only code in there can know.
import { createHash } from "node:crypto";
import { recordWitness } from "../harness/evidence/record-witness.ts";
import { ownCodeSighting } from "../harness/evidence/witness.ts";
import { openSamples, type SampleRecorder } from "../harness/evidence/recorder.ts";
import { makeId } from "../src/host/ids.ts";
import { systemRandom } from "../src/host/random.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure, now } from "./schedule.ts";
import { openSessions } from "./sessions.ts";
import type { Setting } from "./setting.ts";

export interface CyclePlan {
  readonly warmup: number;
  /** From the creation to the other three, ms. */
  readonly executeMs: number;
  readonly statusMs: number;
  readonly terminateMs: number;
}

export const cyclePlans: Readonly<Record<"local" | "cloud", CyclePlan>> = {
  local: { warmup: 4, executeMs: 60, statusMs: 100, terminateMs: 130 },
  cloud: { warmup: 1, executeMs: 2_500, statusMs: 3_500, terminateMs: 4_000 },
};

type Responses = Readonly<Record<"create" | "execute" | "status" | "terminate", number[]>>;
type Recorders = Readonly<Record<"create" | "execute" | "status" | "terminate", SampleRecorder>>;

export function openCycle(setting: Setting, plan: CyclePlan): BenchCase {
  const { context } = setting;
  const recorders = {
    create: openSamples(context, "bench", "bench.sandbox.create"),
    execute: openSamples(context, "bench", "bench.sandbox.execute"),
    status: openSamples(context, "bench", "bench.sandbox.status"),
    terminate: openSamples(context, "bench", "bench.sandbox.terminate"),
  } satisfies Recorders;
  const responses: Responses = { create: [], execute: [], status: [], terminate: [] };
  const sessions = openSessions(setting.bench);
  let i = 0;
  return {
    responses: Object.values(responses),
    name: "create, execute, status, terminate",
    iterations: plan.warmup + setting.planned("bench.sandbox.create"),
    async close() {
      await sessions.ended();
      Object.values(recorders).forEach((recorder) => recorder.close());
    },
    next() {
      const start = setting.firstTick + i * setting.tickMs * 1_000_000;
      const turn: Turn = {
        setting,
        recorders,
        responses,
        cl: `cycle-${i}`,
        ph: i < plan.warmup ? "warmup" : "measure",
        at: (ms) => start + ms * 1_000_000,
      };
      i += 1;
      return sessions.launch(start, async () => {
        const sandboxId = await create(turn);
        if (sandboxId === null) drop(turn, plan);
        else await use(turn, plan, sandboxId);
      });
    },
  };
}

interface Turn {
  readonly setting: Setting;
  readonly recorders: Recorders;
  readonly responses: Responses;
  readonly cl: string;
  readonly ph: "warmup" | "measure";
  /** Scheduled time of what happens `ms` after the turn's start. */
  readonly at: (ms: number) => number;
}

function create({ setting, recorders, responses, cl, ph, at }: Turn): Promise<string | null> {
  const { bench, backend } = setting;
  return measure(bench, {
    recorder: recorders.create,
    responses: responses.create,
    sch: at(0),
    ph,
    cl,
    subject: "target",
    operation: async () => {
      const { sandboxes } = await backend.call("createE2bSandbox", { template: "base", timeoutSeconds: 120 });
      return sandboxes[0]?.sandboxId ?? "";
    },
    facts: (sandboxId) => ({ sandboxId }),
  });
}

/** What never started has no exchange of its own: it inherits the shard's last good witness. */
function drop({ setting, recorders, cl, ph, at }: Turn, plan: CyclePlan): void {
  const rest = { execute: plan.executeMs, status: plan.statusMs, terminate: plan.terminateMs } as const;
  const witness = recordWitness(setting.bench.events, ownCodeSighting(true));
  for (const name of ["execute", "status", "terminate"] as const) {
    recorders[name].record({ sch: at(rest[name]), st: null, dur: null, out: "dropped", ph, cl }, witness);
  }
}

async function use({ setting, recorders, responses, ph, at }: Turn, plan: CyclePlan, sandboxId: string): Promise<void> {
  const { bench, backend } = setting;
  const shared = { ph, cl: sandboxId, subject: "target" } as const;
  // A step is due at its place in the plan, or when the step before it has ended.
  const due = (ms: number): number => Math.max(at(ms), now(bench));
  const nonce = makeId("n", systemRandom);
  const command = `printf '%s:%s' '${nonce}' "$E2B_SANDBOX_ID" | sha256sum`;
  await measure(bench, {
    ...shared,
    recorder: recorders.execute,
    responses: responses.execute,
    sch: due(plan.executeMs),
    operation: () => backend.call("executeE2bProcess", { sandboxId, command }),
    facts: ({ stdout }) => echoed(sandboxId, nonce, stdout.slice(0, 64)),
  });
  await measure(bench, {
    ...shared,
    recorder: recorders.status,
    responses: responses.status,
    sch: due(plan.statusMs),
    operation: () => backend.call("getE2bSandboxStatus", { sandboxId }),
    facts: ({ createdAt }) => ({ sandboxId, listed: true, serverStartedAt: createdAt }),
  });
  await measure(bench, {
    ...shared,
    recorder: recorders.terminate,
    responses: responses.terminate,
    sch: due(plan.terminateMs),
    operation: () => backend.call("terminateE2bSandbox", { sandboxId }),
    facts: () => ({ sandboxId }),
  });
}

/** The echo counts only when it is the hash of the nonce and the id that the target issued. */
function echoed(sandboxId: string, nonce: string, echo: string) {
  const expected = createHash("sha256").update(`${nonce}:${sandboxId}`).digest("hex");
  return { sandboxId, nonce, ...(echo === expected ? { nonceEcho: echo } : {}) };
}
