// The recorder: the only way into samples, observations and events. A process joins a run and writes its own files; the
// recorder numbers the records, stamps the time, and takes provenance and target from a witness, never from the caller.
import { join } from "node:path";
import type { Clock } from "../../src/host/clock.ts";
import type { EventRecord, MeterRecord, NoteRecord, ServerRecord, WitnessRecord } from "../claims/events.ts";
import type { FileHeader, Observation, Outcome, Sample } from "../claims/types.ts";
import { openLineFile, type LineFile } from "./line-file.ts";
import { observedText } from "./observed-text.ts";
import { metricShape, observationProblem, refuseBroken, sampleProblem, shardShape } from "./record-rules.ts";
import type { Witnessed } from "./witness-verdict.ts";

/** What a process needs to know to write into a run. */
export interface RunContext {
  /** The `evidence` folder. */
  readonly folder: string;
  readonly run: string;
  readonly planSha256: string;
  readonly originNs: bigint;
}

/** A sample as the bench gives it; ns from the run origin. The recorder adds the rest. */
export interface SampleInput {
  readonly sch: number;
  readonly st: number | null;
  readonly dur: number | null;
  readonly out: Outcome;
  readonly att?: number;
  readonly ph?: Sample["ph"];
  readonly cl?: string | null;
}

export interface SampleRecorder {
  readonly record: (sample: SampleInput, witness: Witnessed | null) => void;
  readonly close: () => void;
}

export interface ObservationRecorder {
  /** Records one assertion; true when expected and observed agree. */
  readonly observe: (what: string, expected: unknown, observed: unknown, witness: Witnessed | null) => boolean;
  /** Records that the check threw instead of observing. */
  readonly threw: (what: string, error: unknown, witness: Witnessed | null) => void;
  readonly close: () => void;
}

type Without<T> = T extends unknown ? Omit<T, "i" | "t"> : never;
export type NewEvent = Without<WitnessRecord> | Without<ServerRecord> | Without<MeterRecord> | Without<NoteRecord>;

export interface EventRecorder {
  readonly shard: string;
  readonly append: (event: NewEvent) => void;
  readonly close: () => void;
}

/** ns from the run origin, now. */
export function runTime(context: RunContext, clock: Clock): number {
  return Number(clock.monotonicNs() - context.originNs);
}

/** Opens `samples/<shard>/<metric>.ndjson`, in ns. Throws `evidence.invalid`, `state.unwritable` (also when it exists). */
export function openSamples(context: RunContext, shard: string, metric: string): SampleRecorder {
  refuseName(shard, metric);
  const shownAs = `samples/${shard}/${metric}.ndjson`;
  const file = openFile(context, shownAs, { schema: "evidence/samples/1", metric, unit: "ns" });
  let i = 0;
  return {
    record: (input, witness) => {
      const sample: Sample = {
        k: "s",
        i,
        sch: input.sch,
        st: input.st,
        dur: input.dur,
        out: input.out,
        ...(input.out === "timeout" ? { cens: "right" as const } : {}),
        att: input.att ?? 1,
        ph: input.ph ?? "measure",
        cl: input.cl ?? null,
        ...originOf(witness),
      };
      refuseBroken(sampleProblem(sample), shownAs);
      file.append(sample);
      i += 1;
    },
    close: file.close,
  };
}

/** Opens `observations/<check>.ndjson`, or `<check>.<part>.ndjson`; the metric of its claim is `check.<check>`. */
export function openObservations(context: RunContext, check: string, clock: Clock, part?: string): ObservationRecorder {
  const name = part === undefined ? check : `${check}.${part}`;
  refuseName(name, `check.${check}`);
  const shownAs = `observations/${name}.ndjson`;
  const file = openFile(context, shownAs, {
    schema: "evidence/observations/1",
    metric: `check.${check}`,
    unit: "count",
  });
  let i = 0;
  const write = (
    record: Pick<Observation, "what" | "expected" | "observed" | "out">,
    witness: Witnessed | null,
  ): void => {
    const observation: Observation = { k: "o", i, ...record, t: runTime(context, clock), ...originOf(witness) };
    refuseBroken(observationProblem(observation), shownAs);
    file.append(observation);
    i += 1;
  };
  return {
    observe: (what, expected, observed, witness) => {
      const texts = { expected: observedText(expected), observed: observedText(observed) };
      const equal = texts.expected === texts.observed;
      write({ what, ...texts, out: equal ? "ok" : "error:mismatch" }, witness);
      return equal;
    },
    threw: (what, error, witness) => {
      write({ what, expected: '"no error"', observed: observedText(error), out: "error:threw" }, witness);
    },
    close: file.close,
  };
}

/** Opens `events/<shard>.ndjson` with a start note; closing adds the end note that proves the shard was not lost. */
export function openEvents(context: RunContext, shard: string, clock: Clock): EventRecorder {
  refuseName(shard, "events");
  const shownAs = `events/${shard}.ndjson`;
  const file = openFile(context, shownAs, { schema: "evidence/events/1", metric: "events", unit: "count" });
  let i = 0;
  const append = (event: NewEvent): void => {
    const record: EventRecord = { ...event, i, t: runTime(context, clock) };
    file.append(record);
    i += 1;
  };
  let open = true;
  append({ k: "note", what: "start", data: { pid: process.pid } });
  return {
    shard,
    append,
    close: () => {
      if (!open) return;
      open = false;
      append({ k: "note", what: "end", data: { pid: process.pid } });
      file.close();
    },
  };
}

/** A record without a witness is simulated and local: lacking a witness may never raise a value. */
function originOf(witness: Witnessed | null): Pick<Sample, "provenance" | "target" | "wit"> {
  if (witness === null) return { provenance: "simulated", target: "local", wit: null };
  return { provenance: witness.provenance, target: witness.target, wit: witness.id };
}

function openFile(
  context: RunContext,
  shownAs: string,
  head: Pick<FileHeader, "schema" | "metric" | "unit">,
): LineFile {
  return openLineFile(join(context.folder, shownAs), shownAs, {
    k: "hdr",
    run: context.run,
    clock: "hrtime",
    planSha256: context.planSha256,
    ...head,
  });
}

function refuseName(shard: string, metric: string): void {
  if (!shardShape.test(shard))
    refuseBroken("the shard or check name is not lower case, digits, dots and dashes", shard);
  if (!metricShape.test(metric)) refuseBroken("the metric name is not lower case, digits, dots and dashes", metric);
}
