// The benchmark of a run: its groups of cases one after the other, own code beside them in a process of its own. It records
// and never judges.
import type { Plan } from "../harness/claims/plan.ts";
import { benchRows } from "../harness/claims/bench-rows.ts";
import type { BenchGroup } from "../harness/claims/profiles.ts";
import type { PlannedClaim } from "../harness/claims/types.ts";
import type { RunContext } from "../harness/evidence/recorder.ts";
import { openDeployFive } from "./agent-deploy.ts";
import { spending } from "./budget.ts";
import { openCrewCase } from "./crew.ts";
import { openLane, type Lane, type LaneRequest } from "./lane.ts";
import { runOwnCode } from "./own-process.ts";
import { climb } from "./ladder.ts";
import { ramp } from "./ramp.ts";
import { openRecoveries } from "./recovery.ts";
import { runTasks } from "./tasks.ts";

/** Shard of the lane that talks with the target, and of the process that measures own code. */
export const benchShards = { target: "bench", own: "bench-own" } as const;

export interface BenchRequest extends Omit<LaneRequest, "shard" | "claims" | "stopping" | "seed" | "everyNs"> {
  readonly context: RunContext;
  readonly plan: Plan;
  /** Shards of this benchmark that this part of the run records; all of the plan's unless the run is divided. */
  readonly shards: readonly string[];
  /** False measures only our own code, because no sandbox can be had. */
  readonly sandboxes: boolean;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Throws `budget.exceeded` when the meters pass the plan's budget; what was recorded until then stays. */
export async function runBench(request: BenchRequest): Promise<void> {
  const { plan, shards } = request;
  const { target, own } = benchShards;
  const groups = plannedGroups(plan.claims);
  const { claims, stopping, seed } = plan;
  const lane = { ...request, claims, stopping, seed, everyNs: plan.arrival?.everyNs ?? 0 };
  const withTarget = shards.includes(target) && request.sandboxes;
  const withOwn = shards.includes(own) && groups.has("own");
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  // The first to fail stops the other, which still closes what it has.
  const guarded = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (thrown) {
      stop.abort(thrown);
      throw thrown;
    }
  };
  const ends = await Promise.allSettled([
    ...(withTarget ? [guarded(measureTarget({ ...lane, shard: target }, { ...request, signal }, groups))] : []),
    ...(withOwn ? [guarded(runOwnCode({ ...lane, shard: own }, { ...request, signal }))] : []),
  ]);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

export function plannedGroups(claims: readonly PlannedClaim[]): ReadonlySet<BenchGroup> {
  const metrics = new Set(claims.map((claim) => claim.metric));
  return new Set(benchRows.filter((row) => metrics.has(row.metric)).map((row) => row.group));
}

async function measureTarget(request: LaneRequest, host: BenchRequest, groups: ReadonlySet<BenchGroup>): Promise<void> {
  const lane = await openLane(request, { ...host, afford: spending(host.plan) });
  try {
    for (const [group, measure] of Object.entries(work)) {
      host.signal.throwIfAborted();
      if ([...groups].some((one) => one === group)) await measure(lane, host);
    }
  } finally {
    await lane.close();
  }
}

/** In this order; each is measured alone. */
const work: Readonly<Record<Exclude<BenchGroup, "own">, (lane: Lane, host: BenchRequest) => Promise<void>>> = {
  crew: async (lane) => lane.execute(await openCrewCase(lane.setting())),
  five: async (lane) => {
    await lane.execute(openDeployFive(lane.setting(), "parallel"));
    await lane.execute(openDeployFive(lane.setting(), "sequential"));
  },
  hundred: (lane, host) => runTasks(lane.setting(), "bench.tasks.hundred", host),
  thousand: (lane, host) => runTasks(lane.setting(), "bench.tasks.thousand", host),
  recovery: async (lane) => lane.execute(await openRecoveries(lane.setting())),
  ladder: (lane, host) => climb(lane.setting(), host),
  ramp: (lane, host) => ramp(lane.setting(), host),
};
