// Two runs, and a second run of the first build as A/A control where there is one: every metric that both measured, what else
// changed, and one verdict. Pure. Two folders can never be one interleaved run, so without a control the figures only describe.
import { autocorrelationStride } from "../certify/statistics/dependence.ts";
import { holm } from "../certify/statistics/rank-tests.ts";
import { sampleTimes } from "../certify/statistics/sample-times.ts";
import type { JudgedBundle } from "../report/run-document-of.ts";
import { compareMetric, type ArmInput, type ComparedMetric } from "./compare-metric.ts";
import { differences, fingerprintFields, type Change } from "./what-changed.ts";

export const defaultMarginPpm = 100_000;
const alpha = 0.05;
/** More independent observations than this are thinned evenly. */
const mostObservations = 2_000;

export type ComparisonVerdict = "not-worse" | "worse" | "inconclusive" | "void";

export interface Comparison {
  readonly verdict: ComparisonVerdict;
  readonly reasons: readonly string[];
  readonly metrics: readonly (ComparedMetric & { readonly pHolm: number })[];
  readonly changed: readonly Change[];
}

export interface ComparedRuns {
  readonly before: JudgedBundle;
  readonly after: JudgedBundle;
  readonly control: JudgedBundle | null;
}

export function compareRuns(runs: ComparedRuns, marginPpm: number = defaultMarginPpm): Comparison {
  const [before, after] = [armsIn(runs.before), armsIn(runs.after)];
  const control = runs.control === null ? null : armsIn(runs.control);
  const shared = [...before.keys()].filter((metric) => after.has(metric));
  const settings = { marginPpm, alpha, questions: Math.max(1, shared.length) };
  const metrics = shared.flatMap((metric) => {
    const [a, b] = [before.get(metric), after.get(metric)];
    const compared =
      a === undefined || b === undefined ? null : compareMetric(a, b, control?.get(metric) ?? null, settings);
    return compared === null ? [] : [compared];
  });
  const voids = voidReasons(runs, metrics);
  const judged = voids.length === 0 && runs.control !== null;
  return {
    ...verdictOf(voids, runs, metrics),
    // Without a control, or in a void comparison, the figures describe and no metric has a verdict.
    metrics: adjusted(judged ? metrics : metrics.map((metric) => ({ ...metric, verdict: "INFO" }))),
    changed: differences(runs.before, runs.after),
  };
}

function verdictOf(
  voids: readonly string[],
  { control }: ComparedRuns,
  metrics: readonly ComparedMetric[],
): Pick<Comparison, "verdict" | "reasons"> {
  if (voids.length > 0) return { verdict: "void", reasons: voids };
  if (control === null) return { verdict: "inconclusive", reasons: ["no A/A control: descriptive only"] };
  const gates = metrics.filter((metric) => metric.verdict !== "INFO");
  if (gates.length === 0)
    return { verdict: "inconclusive", reasons: ["no metric was measured independently in both runs"] };
  const worse = gates
    .filter((metric) => metric.verdict === "FAIL")
    .map(({ metric }) => `${metric} is slower than the margin allows`);
  if (worse.length > 0) return { verdict: "worse", reasons: worse };
  const open = gates.filter(({ verdict, control: own }) => verdict !== "PASS" || own === null);
  if (open.length === 0) return { verdict: "not-worse", reasons: [] };
  return {
    verdict: "inconclusive",
    reasons: open.map(({ metric, verdict }) => `${metric} is ${verdict === "PASS" ? "without a control" : verdict}`),
  };
}

/** What makes a comparison say nothing at all. */
function voidReasons({ before, after, control }: ComparedRuns, metrics: readonly ComparedMetric[]): readonly string[] {
  const reasons: string[] = [];
  if (before.plan.run === after.plan.run) reasons.push("both folders hold the same run");
  if (before.plan.target !== after.plan.target) reasons.push("the targets differ: local against cloud says nothing");
  if (before.plan.isolation !== after.plan.isolation) reasons.push("the isolation differs");
  for (const [name, run] of [
    ["judged run", after] as const,
    ...(control === null ? [] : [["control", control] as const]),
  ]) {
    const differ = fingerprintFields.filter((field) => before.fingerprint[field] !== run.fingerprint[field]);
    if (differ.length > 0) reasons.push(`the ${name} was taken in another environment: ${differ.join(", ")}`);
  }
  if (control === null) return reasons;
  const builds = ["commit", "lockfileSha256", "package", "dirty"] as const;
  if (control.plan.run === before.plan.run || control.plan.run === after.plan.run)
    reasons.push("the control is one of the arms");
  if (builds.some((field) => control.fingerprint[field] !== before.fingerprint[field])) {
    reasons.push("the control is another build than the first run");
  }
  const times = [before, after, control].map(({ plan }) => plan.createdAtMs);
  const [first = 0, second = 0, third = 0] = times;
  if (first < second !== second < third)
    reasons.push("the arms are not interleaved: the judged run must lie between the other two");
  const moved = metrics.filter(({ control: own }) => own !== null && own.lowerNs !== null && !own.holds);
  return [
    ...reasons,
    ...moved.map(({ metric }) => `the A/A control moved: ${metric} differs between two runs of one build`),
  ];
}

function adjusted(metrics: readonly ComparedMetric[]): Comparison["metrics"] {
  const order = metrics.map((_, index) => index).sort((a, b) => (metrics[a]?.p ?? 1) - (metrics[b]?.p ?? 1));
  const values = holm(metrics.map(({ p }) => p));
  return metrics.map((metric, index) => ({ ...metric, pHolm: values[order.indexOf(index)] ?? 1 }));
}

/** Latency metrics of a run: one observation per cluster in collection order, thinned where neighbours are alike. */
function armsIn({ plan, evidence }: JudgedBundle): ReadonlyMap<string, ArmInput> {
  const arms = new Map<string, ArmInput>();
  for (const { header, samples } of evidence.samples) {
    const counted = samples.filter(({ ph, out }) => ph === "measure" && !plan.exclusions.includes(out));
    const seen = new Set<string>();
    const first = counted.filter(({ cl }) => cl !== null && !seen.has(cl) && seen.add(cl).size > 0);
    const ownCode = plan.claims.some(({ metric, subject }) => metric === header.metric && subject === "own-code");
    const independent = first.length > 0 && !ownCode;
    const values = (independent ? first : counted).map((sample) =>
      sample.out === "ok" ? sampleTimes(sample).responseNs : null,
    );
    const answered = values.flatMap((value) => value ?? []);
    const stride = Math.max(autocorrelationStride(answered), Math.ceil(values.length / mostObservations));
    const earlier = arms.get(header.metric);
    const all = [...(earlier?.values ?? []), ...values.filter((_, index) => index % stride === 0)];
    arms.set(header.metric, {
      metric: header.metric,
      values: all,
      independent: independent && earlier?.independent !== false,
    });
  }
  return arms;
}
