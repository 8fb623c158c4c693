// From observations to differences: each arm against "off" of the same half block, the median of the pairs with its seeded
// bootstrap interval. Law: measurement §5.5; a bootstrap of a median is allowed, of a tail never. Nothing is judged here but
// whether the comparison may be read at all: an A/A control whose interval excludes zero makes it void.
import { median } from "../../harness/certify/statistics/rank-tests.ts";
import { bootstrapMedian } from "../../harness/certify/statistics/seeded.ts";
import type { PriceList } from "../../src/costs/price-list.ts";
import { priceOf } from "../../src/costs/price-of.ts";
import { armNames, type ArmName } from "./arms.ts";
import type { Day, Observation } from "./work-day.ts";

/** One half block: every arm once. */
export type HalfBlock = ReadonlyMap<ArmName, Observation>;

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly of: (observation: Observation) => number;
}

export interface Row {
  readonly arm: ArmName;
  readonly metric: string;
  readonly unit: string;
  readonly n: number;
  /** Median of the arm, and of "off". */
  readonly value: number;
  readonly off: number;
  /** Median of arm minus off over the pairs, and its 95 % interval; null with too few pairs for one. */
  readonly difference: number;
  readonly interval: readonly [number, number] | null;
  /** The same as a share of off, saved: positive is less. */
  readonly savedPct: number;
  readonly savedPctInterval: readonly [number, number] | null;
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** Metrics in which the same settings differed from themselves, at 99 %: nothing may be read from those. Null = undecided. */
  readonly void: readonly string[] | null;
}

/**
 * Fewest pairs for a bound: below them even the smallest and the largest of all differences enclose the median too rarely
 * (1 - 2 * 0.5^n), and a bootstrap hides that.
 */
export const fewestPairs = { interval: 6, control: 8 } as const;

const resamples = 4_000;
const tails = { interval: 0.025, control: 0.005 } as const;

export function metricsFor(lists: readonly PriceList[], day: Day): readonly Metric[] {
  const seconds = (ns: bigint): number => Number(ns) / 1e9;
  return [
    { name: "waited", unit: "s", of: ({ workSeconds }) => workSeconds },
    { name: "calls", unit: "", of: ({ calls }) => calls },
    { name: "creations", unit: "", of: ({ creations }) => creations },
    { name: "metered", unit: "sandbox-s", of: ({ ranNs }) => seconds(ranNs) },
    { name: "idle in pool", unit: "sandbox-s", of: ({ idleNs }) => seconds(idleNs) },
    ...lists.map((list) => ({
      name: `cost, ${list.id}`,
      unit: "micro-$",
      of: (observation: Observation) => costOf(observation, list, day),
    })),
  ];
}

/** Sandboxes of one size are one reading, so that rounding up happens once and not for each. */
function costOf({ ranNs, creations, calls }: Observation, list: PriceList, { size }: Day): number {
  const reading = { sandboxId: "all", ...size, ranNs, creations, calls };
  return priceOf([reading], list).totalMicroUsd;
}

export function compareArms(halves: readonly HalfBlock[], metrics: readonly Metric[], seed: number): Comparison {
  const rows = metrics.flatMap((metric) => armNames.slice(1).map((arm) => rowOf(halves, arm, metric, seed)));
  const control = metrics.filter(({ of }) => {
    const [low, high] = bootstrapMedian(differences(halves, "off again", of), resamples, seed, tails.control).interval;
    return low > 0 || high < 0;
  });
  const isDecided = differences(halves, "off again", () => 0).length >= fewestPairs.control;
  return { rows, void: isDecided ? control.map(({ name }) => name) : null };
}

function rowOf(halves: readonly HalfBlock[], arm: ArmName, { name, unit, of }: Metric, seed: number): Row {
  const pairs = differences(halves, arm, of);
  const { point, interval } = bootstrapMedian(pairs, resamples, seed, tails.interval);
  const isBounded = pairs.length >= fewestPairs.interval;
  const off = median(valuesOf(halves, "off", of));
  const share = (value: number): number => (off === 0 ? 0 : (-100 * value) / off);
  return {
    arm,
    metric: name,
    unit,
    n: pairs.length,
    value: median(valuesOf(halves, arm, of)),
    off,
    difference: point,
    interval: isBounded ? interval : null,
    savedPct: share(point),
    savedPctInterval: isBounded ? [share(interval[1]), share(interval[0])] : null,
  };
}

function valuesOf(halves: readonly HalfBlock[], arm: ArmName, of: Metric["of"]): readonly number[] {
  return halves.flatMap((half) => {
    const observation = half.get(arm);
    return observation === undefined ? [] : [of(observation)];
  });
}

function differences(halves: readonly HalfBlock[], arm: ArmName, of: Metric["of"]): readonly number[] {
  return halves.flatMap((half) => {
    const [one, off] = [half.get(arm), half.get("off")];
    return one === undefined || off === undefined ? [] : [of(one) - of(off)];
  });
}
