// The open model: when each request is due is fixed before the first one is sent, and the schedule never waits for the
// target. Lateness counts into the response time (see reference "measurement", section 3).
import type { SampleRecorder } from "../harness/evidence/recorder.ts";
import type { EventRecorder } from "../harness/evidence/recorder.ts";
import { recordWitness, type SubjectFacts } from "../harness/evidence/record-witness.ts";
import { ownCodeSighting, type Watch } from "../harness/evidence/witness.ts";
import type { Clock } from "../src/host/clock.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import type { HealthWatch } from "./health.ts";
import type { Series } from "./series.ts";

export interface Bench {
  readonly clock: Clock;
  readonly originNs: bigint;
  readonly watch: Watch;
  readonly events: EventRecorder;
  readonly health: HealthWatch;
}

/** Now, ns from the run's origin. */
export function now({ clock, originNs }: Pick<Bench, "clock" | "originNs">): number {
  return Number(clock.monotonicNs() - originNs);
}

/** Sleeps until `at` ns from the origin; returns at once when it is past. Timers may fire early, so it looks again. */
export async function waitUntil(bench: Bench, at: number): Promise<void> {
  for (let waitNs = at - now(bench); waitNs > 0; waitNs = at - now(bench)) {
    await bench.clock.sleep(Math.max(1, waitNs / 1e6));
  }
}

/** Where the samples of one metric go. */
export interface Gauge {
  readonly recorder: SampleRecorder;
  /** Gathers the response times of the measure phase, for the stopping rule. */
  readonly series?: Series;
}

export interface Request<T> extends Gauge {
  /** Scheduled start, ns from the origin. */
  readonly sch: number;
  readonly ph: "warmup" | "measure";
  readonly cl: string | null;
  /** Where it must be seen: on the wire, or in this process because it is our own function. */
  readonly subject: "target" | "own-code";
  readonly operation: () => Promise<T>;
  /** What the answer proves about its subject. */
  readonly facts?: (value: T) => SubjectFacts;
}

/** Waits for its turn, runs it, records it. Resolves with null when it failed: a failure is a record, not an exception. */
export async function measure<T>(bench: Bench, request: Request<T>): Promise<T | null> {
  await waitUntil(bench, request.sch);
  const st = now(bench);
  bench.health.sent(st - request.sch);
  const watched = await bench.watch.during(request.operation);
  const dur = now(bench) - st;
  const { result } = watched;
  const sighting = request.subject === "own-code" ? ownCodeSighting(!result.ok) : watched.sighting;
  const facts = result.ok ? (request.facts?.(result.value) ?? {}) : {};
  const witness = recordWitness(bench.events, sighting, facts);
  const out = result.ok ? "ok" : outcomeOf(result.error);
  if (request.ph === "measure") request.series?.add(st + dur - request.sch, request.cl);
  request.recorder.record({ sch: request.sch, st, dur, out, ph: request.ph, cl: request.cl }, witness);
  return result.ok ? result.value : null;
}

/** A request that never started: it has no exchange of its own and inherits the shard's last good witness. */
export function drop(
  bench: Bench,
  gauge: Gauge,
  request: { readonly sch: number; readonly ph: "warmup" | "measure"; readonly cl: string | null },
): void {
  const witness = recordWitness(bench.events, ownCodeSighting(true));
  if (request.ph === "measure") gauge.series?.add(0, request.cl);
  gauge.recorder.record({ ...request, st: null, dur: null, out: "dropped" }, witness);
}

function outcomeOf(error: unknown): "timeout" | `error:${string}` {
  const { code } = SwarmError.from(error);
  if (code === "sandbox.timeout" || code === "agent.timeout") return "timeout";
  return code === "sandbox.rate-limited" ? "error:provider-limit" : `error:${code}`;
}
