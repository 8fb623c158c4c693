// What a record must look like before it may be written. Law: measurement §4: finite safe integers ≥ 0, known enum values,
// `cens` only on timeouts, a start and a duration together or not at all.
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Observation, Sample } from "../claims/types.ts";

const plainOutcomes = new Set(["ok", "timeout", "indeterminate", "dropped", "aborted"]);
const errorOutcome = /^error:[a-z][a-z0-9.-]{0,63}$/;
const phases = new Set(["warmup", "measure", "cooldown"]);
const idShape = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
export const metricShape = /^[a-z][a-z0-9.-]{0,127}$/;
export const shardShape = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/** First rule that a sample breaks, or null. */
export function sampleProblem(sample: Sample): string | null {
  const numbers = { i: sample.i, sch: sample.sch, att: sample.att, st: sample.st ?? 0, dur: sample.dur ?? 0 };
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || value < 0) return `${name} is ${value}, wanted a whole number of at least 0`;
  }
  if (sample.att < 1) return "att is 0, wanted at least 1";
  if ((sample.st === null) !== (sample.dur === null)) return "st and dur must be null together";
  if (sample.out === "ok" && sample.st === null) return "an ok sample needs st and dur";
  if (sample.out === "dropped" && sample.st !== null) return "a dropped sample was never started";
  if (sample.st !== null && sample.st < sample.sch) return "st lies before sch";
  if (!plainOutcomes.has(sample.out) && !errorOutcome.test(sample.out)) return `out is not a known outcome`;
  if ((sample.cens === "right") !== (sample.out === "timeout"))
    return "cens is for timeouts, and every timeout needs it";
  if (!phases.has(sample.ph)) return "ph is not warmup, measure or cooldown";
  if (sample.cl !== null && !idShape.test(sample.cl)) return "cl is not an id";
  if (sample.wit !== null && !idShape.test(sample.wit)) return "wit is not an id";
  return null;
}

/** First rule that an observation breaks, or null. */
export function observationProblem(observation: Observation): string | null {
  if (!Number.isSafeInteger(observation.t) || observation.t < 0) return "t is no whole number of at least 0";
  if (observation.what === "") return "what is empty";
  if (observation.what.length > 1_000) return "what is longer than 1,000 characters";
  if (observation.wit !== null && !idShape.test(observation.wit)) return "wit is not an id";
  const equal = observation.expected === observation.observed;
  if (observation.out === "ok" && !equal) return "out is ok although expected and observed differ";
  if (observation.out === "error:mismatch" && equal) return "out is a mismatch although expected and observed agree";
  return null;
}

/** Throws `evidence.invalid` with the first broken rule. */
export function refuseBroken(problem: string | null, where: string): void {
  if (problem === null) return;
  throw new SwarmError("evidence.invalid", `Cannot write evidence to ${where}: ${problem}`, {
    hint: "Correct the caller; the recorder never repairs a record",
    details: { where, problem },
  });
}
