// What past decisions say about a member: how much of its stated conviction they bear out, and whether it errs together with
// others. Exact, from resolved decisions only, and frozen before the vote. Source: trading §10.2 and §10.4.
import { createHash } from "node:crypto";
import type { Resolved } from "../contracts/resolved.ts";
import { canonicalJson } from "../contracts/json.ts";

/** Pseudo-observations that pull a short record towards what is known without it. */
const prior = 20n;
const one = 1_000_000n;

export interface TrackRecord {
  /** sha256 hex of the canonical JSON of the resolved decisions, in order. */
  readonly sha256: string;
  readonly resolved: number;
  /** Reliability relative to the most reliable member, millionths, by place in `agentIds`. */
  readonly calibrationPpm: readonly number[];
  /** Correlations of errors, by places in `agentIds`. Pairs without a common record count as one voter. */
  readonly rhoPpm: readonly (readonly number[])[];
}

/** Null when nothing is resolved. The order of `resolved` is part of its digest: give it by date. */
export function trackRecordOf(agentIds: readonly string[], resolved: readonly Resolved[]): TrackRecord | null {
  if (resolved.length === 0) return null;
  const weights = reliabilitiesPpm(agentIds, resolved);
  const best = weights.reduce((most, weight) => (weight > most ? weight : most), 0n);
  return {
    sha256: createHash("sha256").update(canonicalJson(resolved)).digest("hex"),
    resolved: resolved.length,
    // Nobody better than the base rate: then the record tells nobody apart.
    calibrationPpm: weights.map((weight) => (best === 0n ? 1_000_000 : Number((weight * one) / best))),
    rhoPpm: agentIds.map((a) => agentIds.map((b) => (a === b ? 1_000_000 : correlationPpm(a, b, resolved)))),
  };
}

/**
 * max(0, 1 - Brier / Brier of the base rate) of each member in millionths, rounded down, shrunk to the mean of the group with
 * 20 pseudo-observations. The group's mean weighs every forecast alike. Nobody can beat a base rate of 0 or 1.
 */
export function reliabilitiesPpm(agentIds: readonly string[], resolved: readonly Resolved[]): readonly bigint[] {
  const scores = agentIds.map((agentId) => {
    const errors = errorsOf(agentId, resolved);
    const n = BigInt(errors.length);
    const ups = BigInt(errors.filter(({ up }) => up).length);
    const brier = errors.reduce((sum, { error }) => sum + error * error, 0n);
    // Σ(base - outcome)² = ups · downs / n, here in the unit of the errors, squared.
    const base = ups * (n - ups) * one * one;
    const skill = base === 0n ? 0n : one - ceiling(one * brier * n, base);
    return { n, skill: skill > 0n ? skill : 0n };
  });
  const all = scores.reduce((sum, { n }) => sum + n, 0n);
  const mean = all === 0n ? 0n : scores.reduce((sum, { n, skill }) => sum + n * skill, 0n) / all;
  return scores.map(({ n, skill }) => (n * skill + prior * mean) / (n + prior));
}

/**
 * Pearson's correlation of two members' errors over their common decisions, in millionths, shrunk to 1 with 20
 * pseudo-observations: what is not known to be independent is not counted as such. Below 0 counts as 0.
 */
export function correlationPpm(a: string, b: string, resolved: readonly Resolved[]): number {
  const known = new Map(errorsOf(b, resolved).map(({ at, error }) => [at, error]));
  const pairs = errorsOf(a, resolved).flatMap(({ at, error }) => {
    const other = known.get(at);
    return other === undefined ? [] : [{ x: error, y: other }];
  });
  const n = BigInt(pairs.length);
  const sum = (term: (pair: { x: bigint; y: bigint }) => bigint): bigint =>
    pairs.reduce((total, pair) => total + term(pair), 0n);
  const [sumX, sumY] = [sum(({ x }) => x), sum(({ y }) => y)];
  const spread = (n * sum(({ x }) => x * x) - sumX * sumX) * (n * sum(({ y }) => y * y) - sumY * sumY);
  const common = n * sum(({ x, y }) => x * y) - sumX * sumY;
  // Errors that never vary show nothing.
  const rho = spread === 0n ? one : ((common < 0n ? 0n : common) * one) / squareRoot(spread);
  return Number((n * (rho > one ? one : rho) + prior * one) / (n + prior));
}

/** Stated probability of a rise less the outcome, in millionths. */
function errorsOf(agentId: string, resolved: readonly Resolved[]) {
  return resolved.flatMap(({ up, opinions }, at) => {
    const own = opinions.find((opinion) => opinion.agentId === agentId);
    return own === undefined ? [] : [{ at, up, error: BigInt(own.upPpm) - (up ? one : 0n) }];
  });
}

function ceiling(part: bigint, whole: bigint): bigint {
  return (part + whole - 1n) / whole;
}

/** Largest whole number whose square is at most `value`, by Newton's method from above. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
