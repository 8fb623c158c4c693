// One metric of two runs: rank test, shift with bounds, one-sided non-inferiority against a margin, and the A/A control. Pure.
// Law: measurement §5.5: "no difference was found" is never a result; only the bound decides.
import { mannWhitney, smallestP } from "../certify/statistics/rank-tests.ts";
import { isExact, medianShift, noValue, shiftBounds, type ShiftArms } from "./shift-bounds.ts";

export interface ArmInput {
  readonly metric: string;
  /** Independent observations in ns; null: the request has no response time. */
  readonly values: readonly (number | null)[];
  /** False: all from one process, which is one trial however many times it was asked. */
  readonly independent: boolean;
}

export interface CompareSettings {
  readonly marginPpm: number;
  /** One-sided. */
  readonly alpha: number;
  /** How many metrics are asked "did it regress?": a regression must hold at alpha divided by it. */
  readonly questions: number;
}

export type MetricVerdict = "PASS" | "FAIL" | "UNDECIDED" | "INSUFFICIENT" | "INFO";

export interface ComparedMetric {
  readonly metric: string;
  readonly verdict: MetricVerdict;
  readonly nBefore: number;
  readonly nAfter: number;
  readonly medianBeforeNs: number | null;
  readonly medianAfterNs: number | null;
  readonly shiftNs: number | null;
  readonly shiftLowerNs: number | null;
  readonly shiftUpperNs: number | null;
  readonly gateLowerNs: number | null;
  readonly gateUpperNs: number | null;
  readonly marginNs: number | null;
  readonly p: number;
  readonly method: "exact" | "normal";
  readonly smallestP: number;
  readonly a12: number;
  readonly control: {
    readonly lowerNs: number | null;
    readonly upperNs: number | null;
    readonly holds: boolean;
  } | null;
  readonly note: string;
}

/** Two-sided error of the displayed interval, and of the interval that the control must pass. */
const shownTail = 0.025;
const controlTail = 0.005;

/** Null when an arm is empty: nothing can be compared. `control`: a second run of the first build. */
export function compareMetric(
  before: ArmInput,
  after: ArmInput,
  control: ArmInput | null,
  settings: CompareSettings,
): ComparedMetric | null {
  if (before.values.length === 0 || after.values.length === 0) return null;
  const arms = armsOf(before, after);
  const test = mannWhitney(arms.a, arms.b);
  const shown = shiftBounds(arms, shownTail);
  const upper = shiftBounds(arms, settings.alpha).upper;
  const lower = shiftBounds(arms, settings.alpha / settings.questions).lower;
  const medianBeforeNs = middle(arms.a);
  const marginNs = medianBeforeNs === null ? null : Math.round((medianBeforeNs * settings.marginPpm) / 1e6);
  const independent = before.independent && after.independent;
  return {
    metric: before.metric,
    verdict: independent ? verdictOf(lower, upper, marginNs) : "INFO",
    nBefore: arms.a.length,
    nAfter: arms.b.length,
    medianBeforeNs,
    medianAfterNs: middle(arms.b),
    shiftNs: medianShift(arms),
    shiftLowerNs: shown.lower,
    shiftUpperNs: shown.upper,
    gateLowerNs: lower,
    gateUpperNs: upper,
    marginNs,
    p: test.pExact ?? test.pAsymptotic,
    method: isExact(arms) && test.pExact !== null ? "exact" : "normal",
    smallestP: smallestP(arms.a.length, arms.b.length),
    a12: test.a12,
    control: control === null || control.values.length === 0 ? null : controlOf(armsOf(before, control)),
    note: independent ? "" : "measured inside one process, which is one trial: shown, never judged",
  };
}

function verdictOf(lower: number | null, upper: number | null, margin: number | null): MetricVerdict {
  if (margin === null) return "INSUFFICIENT";
  if (lower !== null && lower >= margin) return "FAIL";
  if (upper !== null && upper < margin) return "PASS";
  return upper === null && lower === null ? "INSUFFICIENT" : "UNDECIDED";
}

/** The same build against itself: an interval that leaves zero out shows that the setting, not the build, moved. */
function controlOf(arms: ShiftArms): NonNullable<ComparedMetric["control"]> {
  const { lower, upper } = shiftBounds(arms, controlTail);
  return { lowerNs: lower, upperNs: upper, holds: lower !== null && upper !== null && lower <= 0 && upper >= 0 };
}

function armsOf(before: ArmInput, after: ArmInput): ShiftArms {
  const ascending = ({ values }: ArmInput): readonly number[] =>
    values.map((value) => value ?? noValue).sort((x, y) => x - y);
  return { a: ascending(before), b: ascending(after) };
}

function middle(ascending: readonly number[]): number | null {
  const value = ascending[Math.ceil(ascending.length / 2) - 1];
  return value === undefined || value >= noValue ? null : value;
}
