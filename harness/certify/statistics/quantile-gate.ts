// The gate on a quantile: an exact confidence bound, never a point estimate. Law: measurement §5.1, §5.3 and §5.4. Censored
// values rank last for a pass and at what was recorded for a refusal, so a timeout can block but never prove by itself.
import { binomialAtMost, withinAlpha } from "./binomial.ts";
import { lowerRank, requiredN, upperRank } from "./ranks.ts";

/** One reading in whole units; censored means the true value is at least `value`. */
export interface Reading {
  readonly value: number;
  readonly censored: boolean;
}

export interface GateResult {
  readonly verdict: "PASS" | "FAIL" | "INSUFFICIENT" | "UNDECIDED" | "NOT_RUN";
  /** The bound that decided, or the undecided upper bound; null where none exists. */
  readonly value: number | null;
  /** Rank of that bound among the readings, 1-based. */
  readonly rank: number | null;
  /** Smallest n at which the present exceedances would pass; on INSUFFICIENT and UNDECIDED. */
  readonly need: number | null;
  /** Readings that speak against the claim, censored ones included. */
  readonly over: number;
}

export interface GateOptions {
  readonly qPpm: number;
  readonly alpha: number;
  /** Whole units. "Below" claims are judged `< limit`, "above" claims `> limit`. */
  readonly limit: number;
  /** What the readings are worth after dependence, 1…n; default n. */
  readonly nEff?: number;
  /** False when readings may not speak against the claim, because the harness was not fit: then never FAIL. Default true. */
  readonly refutes?: boolean;
}

const notRun: GateResult = { verdict: "NOT_RUN", value: null, rank: null, need: null, over: 0 };

interface Counts {
  readonly n: number;
  readonly nEff: number;
  /** Readings against the claim and readings that prove it false. */
  readonly against: number;
  readonly proven: number;
}

/** "P_q < limit". */
export function gateBelow(readings: readonly Reading[], options: GateOptions): GateResult {
  const { qPpm, alpha, limit, refutes = true } = options;
  if (readings.length === 0) return notRun;
  const counts: Counts = {
    n: readings.length,
    nEff: options.nEff ?? readings.length,
    against: count(readings, (reading) => reading.censored || reading.value >= limit),
    proven: refutes ? count(readings, (reading) => reading.value >= limit) : 0,
  };
  const verdict = decide(counts, qPpm, alpha);
  if (verdict === "FAIL") {
    const rank = lowerRankIn(counts, qPpm, alpha);
    return { verdict, value: at(orderOf(readings).all, rank), rank, need: null, over: counts.against };
  }
  const rank = upperRankIn(counts, qPpm, alpha);
  const bound = rank === null ? null : censoredLastAt(readings, rank);
  const value = bound === null || bound.censored ? null : bound.value;
  return finish(verdict, { value, rank, counts, qPpm, alpha });
}

/** "P_q > limit": the mirror image. A censored reading counts at what was recorded, and cannot prove a failure. */
export function gateAbove(readings: readonly Reading[], options: GateOptions): GateResult {
  const { qPpm, alpha, limit, refutes = true } = options;
  if (readings.length === 0) return notRun;
  const counts: Counts = {
    n: readings.length,
    nEff: options.nEff ?? readings.length,
    against: count(readings, (reading) => reading.value <= limit),
    proven: refutes ? count(readings, (reading) => !reading.censored && reading.value <= limit) : 0,
  };
  const verdict = decide(counts, 1e6 - qPpm, alpha);
  if (verdict === "FAIL") {
    const mirrored = lowerRankIn(counts, 1e6 - qPpm, alpha);
    const rank = mirrored === null ? null : counts.n + 1 - mirrored;
    const bound = rank === null ? null : censoredLastAt(readings, rank);
    return { verdict, value: bound?.value ?? null, rank, need: null, over: counts.against };
  }
  const mirrored = upperRankIn(counts, 1e6 - qPpm, alpha);
  const rank = mirrored === null ? null : counts.n + 1 - mirrored;
  return finish(verdict, { value: at(orderOf(readings).all, rank), rank, counts, qPpm: 1e6 - qPpm, alpha });
}

function count(readings: readonly Reading[], speaks: (reading: Reading) => boolean): number {
  let found = 0;
  for (const reading of readings) if (speaks(reading)) found += 1;
  return found;
}

/** Counting form of the rule: no rank can disagree with it, because ranks are only read off afterwards. */
function decide(counts: Counts, qPpm: number, alpha: number): "PASS" | "FAIL" | "OPEN" {
  const { n, nEff, against, proven } = counts;
  const againstEff = Math.ceil((against * nEff) / n);
  const provenEff = Math.floor((proven * nEff) / n);
  if (withinAlpha(binomialAtMost(againstEff, nEff, 1e6 - qPpm), alpha)) return "PASS";
  return withinAlpha(binomialAtMost(nEff - provenEff, nEff, qPpm), alpha) ? "FAIL" : "OPEN";
}

function finish(
  verdict: "PASS" | "OPEN",
  found: {
    readonly value: number | null;
    readonly rank: number | null;
    readonly counts: Counts;
    readonly qPpm: number;
    readonly alpha: number;
  },
): GateResult {
  const { value, rank, counts, qPpm, alpha } = found;
  const over = counts.against;
  if (verdict === "PASS") return { verdict, value, rank, need: null, over };
  const needEff = requiredN(qPpm, alpha, Math.ceil((over * counts.nEff) / counts.n));
  const need = needEff === null ? null : Math.ceil((needEff * counts.n) / counts.nEff);
  if (rank === null) return { verdict: "INSUFFICIENT", value: null, rank: null, need, over };
  return { verdict: "UNDECIDED", value, rank, need, over };
}

/** Upper rank of the effective sample, carried over to the readings: the share stays, rounded outwards. */
function upperRankIn(counts: Counts, qPpm: number, alpha: number): number | null {
  const rank = upperRank(counts.nEff, qPpm, alpha);
  return rank === null ? null : Math.ceil((rank * counts.n) / counts.nEff);
}

function lowerRankIn(counts: Counts, qPpm: number, alpha: number): number | null {
  const rank = lowerRank(counts.nEff, qPpm, alpha);
  return rank === null ? null : Math.ceil(((rank - 1) * counts.n) / counts.nEff) + 1;
}

/** Ascending with the censored readings last: the order that a pass must survive. */
export function censoredLast(readings: readonly Reading[]): readonly Reading[] {
  return [...readings].sort((a, b) => Number(a.censored) - Number(b.censored) || a.value - b.value);
}

/** Values ascending: of all readings, of those with a value, of the censored ones. Kept as long as the list itself. */
interface Order {
  readonly all: Float64Array;
  readonly sound: Float64Array;
  readonly censored: Float64Array;
}

const orders = new WeakMap<readonly Reading[], Order>();

function orderOf(readings: readonly Reading[]): Order {
  const known = orders.get(readings);
  if (known !== undefined) return known;
  const sound: number[] = [];
  const censored: number[] = [];
  for (const reading of readings) (reading.censored ? censored : sound).push(reading.value);
  const order = {
    all: Float64Array.from([...sound, ...censored]).sort(),
    sound: Float64Array.from(sound).sort(),
    censored: Float64Array.from(censored).sort(),
  };
  orders.set(readings, order);
  return order;
}

/** The reading at a rank of `censoredLast`, without making that list; null beyond its ends. */
export function censoredLastAt(readings: readonly Reading[], rank: number): Reading | null {
  const { sound, censored } = orderOf(readings);
  const value = rank <= sound.length ? sound[rank - 1] : censored[rank - sound.length - 1];
  return value === undefined ? null : { value, censored: rank > sound.length };
}

function at(values: Float64Array, rank: number | null): number | null {
  return rank === null ? null : (values[rank - 1] ?? null);
}
