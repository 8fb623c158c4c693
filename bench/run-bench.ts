// The benchmark: every case in turn, each measured by the open-model recorder inside a tinybench task. tinybench only calls
// the body the planned number of times; none of its statistics are used.
import { Bench as Executor } from "tinybench";
import { openEvents, type RunContext } from "../harness/evidence/recorder.ts";
import { openWitness } from "../harness/evidence/witness.ts";
import { openBackend } from "../src/backend/compose.ts";
import { realClock } from "../src/host/clock.ts";
import { realEnv } from "../src/host/env.ts";
import type { BackendOptions } from "../src/backend/backend.ts";
import { cyclePlans, openCycle } from "./sandbox-cycle.ts";
import { openDeployOne, openDeployFive } from "./agent-deploy.ts";
import { openVotes } from "./swarm-vote.ts";
import { openBacktests, openUpdates } from "./own-code.ts";
import { now, type Bench } from "./schedule.ts";
import type { Setting } from "./setting.ts";
import { autocorrelationStride } from "../harness/certify/statistics/dependence.ts";
import type { Plan } from "../harness/claims/plan.ts";
import type { PlannedClaim } from "../harness/claims/types.ts";
import { recordMeters } from "./meters.ts";

export interface BenchRequest {
  readonly context: RunContext;
  readonly options: BackendOptions & { readonly target: "local" | "cloud" };
  readonly port: number;
  readonly domain: string;
  /** False measures only our own code, because no sandbox can be had. */
  readonly sandboxes: boolean;
  /** The plan's claims: they say how many samples each metric gets. */
  readonly claims: readonly PlannedClaim[];
  readonly stopping: Plan["stopping"];
  /** False leaves out the deployments, which are measured one after the other. */
  readonly apart: boolean;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** One case: `next` is called `iterations` times, then as often as the stopping rule asks, then `close` once. */
export interface BenchCase {
  readonly name: string;
  readonly iterations: number;
  /** Response times in order, one list per metric that has a bound. */
  readonly responses: readonly (readonly number[])[];
  next(): Promise<void>;
  close(): Promise<void> | void;
}

export async function runBench(request: BenchRequest): Promise<void> {
  const { context, options } = request;
  const { target } = options;
  const watched = target === "local" ? { kind: target, port: request.port } : { kind: target, domain: request.domain };
  const watch = openWitness({ target: watched, env: realEnv });
  const events = openEvents(context, "bench", realClock);
  const bench: Bench = { clock: realClock, originNs: context.originNs, watch, events };
  const backend = await openBackend(options);
  const planned = (metric: string): number => request.claims.find((claim) => claim.metric === metric)?.plannedN ?? 0;
  const setting: Setting = { bench, context, backend, target, planned, firstTick: 0, tickMs: tickMs[target] };
  try {
    const votes = request.sandboxes ? [await openVotes(setting)] : [];
    const shared: Setting = { ...setting, firstTick: now(bench) + settleMs * 1_000_000 };
    const cycle = request.sandboxes ? [openCycle(shared, cyclePlans[target])] : [];
    const together = [...cycle, ...votes.map((open) => open(shared)), await openUpdates(shared), openBacktests(shared)];
    await executeAll(together, request);
    const apart = request.sandboxes && request.apart ? deployments : [];
    for (const open of apart) {
      request.signal.throwIfAborted();
      await executeAll([open({ ...setting, firstTick: now(bench) + settleMs * 1_000_000 })], request);
    }
    recordMeters(events, backend.meters(), target);
  } finally {
    await backend.close();
    events.close();
    watch.close();
  }
}

/** Deployments load both cores, so they are measured alone. */
const deployments = [
  openDeployOne,
  (setting: Setting) => openDeployFive(setting, "parallel"),
  (setting: Setting) => openDeployFive(setting, "sequential"),
] as const;

/** From the last preparation to the first tick. */
const settleMs = 1_000;
const tickMs = { local: 380, cloud: 6_000 } as const;

/** Cases on one schedule, each at its own place in the tick: neighbouring samples of one metric lie a whole tick apart. */
async function executeAll(cases: readonly BenchCase[], request: BenchRequest): Promise<void> {
  for (const one of cases) request.progress(`measuring ${one.name}, ${one.iterations} times`);
  const ends = await Promise.allSettled(cases.map((one) => execute(one, request)));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Samples taken at a time once the planned ones turned out to be correlated. */
const moreAtOnce = 10;

async function execute(one: BenchCase, { signal, stopping }: BenchRequest): Promise<void> {
  // The executor would add a listener to the signal per case; the body looks at it instead.
  const next = (): Promise<void> => {
    signal.throwIfAborted();
    return one.next();
  };
  try {
    const began = realClock.monotonicNs();
    const isLate = (): boolean => realClock.monotonicNs() - began > BigInt(stopping?.maxSeconds ?? 0) * 1_000_000_000n;
    await repeat(one.name, one.iterations, next);
    while (isWanting(one, stopping) && !isLate()) await repeat(one.name, moreAtOnce, next);
  } finally {
    await one.close();
  }
}

async function repeat(name: string, iterations: number, next: () => Promise<void>): Promise<void> {
  const executor = new Executor({ iterations, time: 0, warmup: false, throws: true });
  executor.add(name, next, { async: true });
  await executor.run();
}

/** True while some metric, thinned as its correlation demands, has too few samples for a bound. */
function isWanting({ responses }: BenchCase, stopping: Plan["stopping"]): boolean {
  if (stopping === null) return false;
  return responses.some((values) => Math.floor(values.length / autocorrelationStride(values)) < stopping.minThinned);
}
