// One process's share of the benchmark: its shard of events, its witness, its pulse, its backend; opened together and closed
// together whatever happens. Cases run inside tinybench tasks, which only call the body so many times; none of its
// statistics are used.
import { Bench as Executor } from "tinybench";
import { openEvents, type RunContext } from "../harness/evidence/recorder.ts";
import { openWitness } from "../harness/evidence/witness.ts";
import type { Plan } from "../harness/claims/plan.ts";
import type { PlannedClaim } from "../harness/claims/types.ts";
import type { BackendOptions } from "../src/backend/backend.ts";
import { openBackend } from "../src/backend/compose.ts";
import { realClock } from "../src/host/clock.ts";
import { realEnv } from "../src/host/env.ts";
import { watchHealth } from "./health.ts";
import { recordMeters } from "./meters.ts";
import { now, type Bench } from "./schedule.ts";
import type { BenchCase, Setting } from "./setting.ts";
import { timetable } from "./timetable.ts";

/** What a lane needs to know; plain values, so that they can travel to another process. */
export interface LaneRequest {
  readonly shard: string;
  readonly options: BackendOptions & { readonly target: "local" | "cloud" };
  readonly port: number;
  readonly domain: string;
  /** The plan's claims: they say how many samples each metric gets. */
  readonly claims: readonly PlannedClaim[];
  readonly stopping: Plan["stopping"];
  /** The plan's seed, and the interval that holds one arrival, ns. */
  readonly seed: number;
  readonly everyNs: number;
}

export interface Lane {
  /** What cases are opened with; the first arrival is a moment from now. */
  readonly setting: () => Setting;
  /** Runs a case as often as the plan says, then as often as the stopping rule asks. */
  readonly execute: (one: BenchCase) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface LaneHost {
  readonly context: RunContext;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** Asked before each arrival; throws when the run may spend no more. */
  readonly afford?: (meters: ReturnType<Setting["backend"]["meters"]>) => void;
}

/** From the last preparation to the first arrival. */
const settleMs = 1_000;

export async function openLane(request: LaneRequest, host: LaneHost): Promise<Lane> {
  const { shard, options, claims, stopping, seed, everyNs } = request;
  const { context, signal } = host;
  const { target } = options;
  const watched = target === "local" ? { kind: target, port: request.port } : { kind: target, domain: request.domain };
  const watch = openWitness({ target: watched, env: realEnv });
  const events = openEvents(context, shard, realClock);
  const health = watchHealth(realClock);
  const bench: Bench = { clock: realClock, originNs: context.originNs, watch, events, health };
  const backend = await openBackend(options);
  const planned = (metric: string): number => claims.find((claim) => claim.metric === metric)?.plannedN ?? 0;
  const allowed = (): void => {
    signal.throwIfAborted();
    host.afford?.(backend.meters());
  };
  return {
    setting: () => {
      const firstTick = now(bench) + settleMs * 1_000_000;
      return {
        bench,
        context,
        backend,
        target,
        shard,
        planned,
        everyNs,
        firstTick,
        timetable: (name, part) => timetable(seed, name, { everyNs, ...part }),
      };
    },
    async execute(one) {
      host.progress(`measuring ${one.name}, ${one.iterations} times`);
      // The executor would add a listener to the signal per case; the body looks at it instead.
      const next = (): Promise<void> => {
        allowed();
        return one.next();
      };
      try {
        await repeat(one.name, one.iterations, next);
        const untilNs = realClock.monotonicNs() + BigInt(stopping?.maxSeconds ?? 0) * 1_000_000_000n;
        while (isWanting(one, stopping) && realClock.monotonicNs() < untilNs) {
          await repeat(one.name, one.moreAtOnce, next);
        }
      } finally {
        await one.close();
      }
    },
    async close() {
      recordMeters(events, backend.meters(), target);
      await backend.close();
      health.close(events);
      events.close();
      watch.close();
    },
  };
}

async function repeat(name: string, iterations: number, next: () => Promise<void>): Promise<void> {
  if (iterations === 0) return;
  const executor = new Executor({ iterations, time: 0, warmup: false, throws: true });
  executor.add(name, next, { async: true });
  await executor.run();
}

/** True while some metric with a bound is worth too few independent samples. It looks at dependence, never at a limit. */
function isWanting({ series }: BenchCase, stopping: Plan["stopping"]): boolean {
  return stopping !== null && series.some((one) => one.worth() < stopping.minThinned);
}
