// One claim re-derived from the records alone. Every field of the entry in claims.json is computed again and compared, so
// an edited figure, verdict, limit or count is named with its claim. Law: measurement §10 step 3.
import { alphaFor } from "./exact-tails.ts";
import { ascendingSound, ruleAbove, ruleBelow, ruleSuccess, type Seen } from "./exact-gates.ts";
import { worthOfGroups } from "./exact-worth.ts";
import { fieldsOf, textOf, wholeOf, type Fields } from "./facts.ts";
import { microUsd } from "./money.ts";
import { accuses, type Sickness } from "./harness-pulse.ts";
import { originFor, type Origin } from "./origin-rules.ts";
import { clustersIn, groupsOf, recordsFor, rowsFor, seriesOf, type Records } from "./claim-records.ts";
import type { RecordFile, Seen as Witnessed } from "./record-files.ts";

export interface Case {
  readonly plan: Fields;
  readonly files: readonly RecordFile[];
  readonly seen: Witnessed;
  readonly sick: Sickness;
}

/** The fields of a claim that records decide. */
export interface Derived {
  readonly value: number | null;
  readonly n: number;
  readonly over: number;
  readonly censored: number;
  readonly dropped: number;
  readonly excluded: number;
  readonly clusters: number;
  readonly nEff?: number;
  readonly provenance: string;
  readonly target: string;
  readonly verdict: string;
  readonly need: number | null;
  readonly derivedFrom: readonly { readonly sha256: string; readonly records: number }[];
}

interface Figure {
  readonly verdict: string;
  readonly value: number | null;
  readonly n: number;
  readonly worth: number;
  readonly over: number;
  readonly clusters: number;
  readonly need: number | null;
}

const empty: Figure = { verdict: "NOT_RUN", value: null, n: 0, worth: 0, over: 0, clusters: 0, need: null };

export function rederiveClaim(claim: Fields, facts: Case): Derived {
  const wanted = targetIn(textOf(claim["id"]));
  const names = `${textOf(claim["id"])}.${textOf(claim["metric"])}`.split(/[.-]/);
  const aboutIsolation = claim["needsIsolation"] === true || names.includes("isolation");
  const files = claim["estimator"] === "cost" ? meterFiles(claim, facts) : metricFiles(claim, facts);
  const { rows, kept, samples } = recordsFor(claim, files, facts);
  const unheard = facts.plan["isolation"] === "none" && aboutIsolation;
  if (unheard || rows.length === 0) return nothing(wanted);
  const origin = originFor(claim, rows, { seen: facts.seen, wanted });
  const figure = figureOf(claim, { kept, samples }, { plan: facts.plan, accuses: accuses(files, facts.sick) });
  const verdict = finalVerdict(claim, figure.verdict, origin, facts.plan);
  const silent = ["INVALID", "NOT_RUN", "INSUFFICIENT"].includes(verdict);
  const waiting = verdict === "INSUFFICIENT" || verdict === "UNDECIDED";
  const dropped = samples.filter((row) => row["out"] === "dropped").length;
  return {
    value: silent ? null : figure.value,
    n: figure.n,
    over: figure.over,
    censored: samples.filter((row) => row["out"] !== "ok").length - dropped,
    dropped,
    excluded: rows.length - kept.length,
    clusters: figure.clusters,
    ...(figure.worth === figure.n ? {} : { nEff: figure.worth }),
    provenance: origin.provenance,
    target: origin.target,
    verdict,
    need: waiting ? figure.need : null,
    derivedFrom: files.map(({ sha256, records }) => ({ sha256, records })),
  };
}

export function targetIn(id: string): string {
  return id.startsWith("c-cloud.") ? "cloud" : id.startsWith("c-mixed.") ? "mixed" : "local";
}

function nothing(target: string): Derived {
  const counts = { n: 0, over: 0, censored: 0, dropped: 0, excluded: 0, clusters: 0 };
  return { ...counts, value: null, provenance: "declared", target, verdict: "NOT_RUN", need: null, derivedFrom: [] };
}

function metricFiles(claim: Fields, facts: Case): readonly RecordFile[] {
  const ours = facts.files.filter((file) => file.metric === claim["metric"]);
  return [...ours.filter((file) => file.kind === "samples"), ...ours.filter((file) => file.kind === "observations")];
}

function meterFiles(claim: Fields, facts: Case): readonly RecordFile[] {
  return facts.files.filter((file) => file.kind === "events" && rowsFor(claim, file).length > 0);
}

function finalVerdict(claim: Fields, found: string, origin: Origin, plan: Fields): string {
  if (origin.unfit || (claim["estimator"] === "cost" && plan["priceList"] === null)) return "INVALID";
  if (found === "NOT_RUN" || found === "INVALID") return found;
  const informs = origin.target === "mixed" || origin.provenance === "modelled" || origin.provenance === "declared";
  return claim["need"] === "info" || claim["threshold"] === null || informs ? "INFO" : found;
}

interface Rules {
  readonly plan: Fields;
  /** False when the harness was sick: nothing it saw can refute a bound. */
  readonly accuses: boolean;
}

function figureOf(claim: Fields, records: Pick<Records, "kept" | "samples">, rules: Rules): Figure {
  const { plan } = rules;
  const { kept: rows, samples } = records;
  switch (claim["estimator"]) {
    case "quantile.upper":
    case "quantile.lower":
      return quantileFigure(claim, samples, rules);
    case "quantile.point":
      return pointFigure(samples, (n) => Math.ceil((n * (wholeOf(claim["qPpm"]) ?? 500_000)) / 1_000_000));
    case "max.observed":
      return pointFigure(samples, (n) => n);
    case "proportion.lower":
    case "proportion.upper":
      return proportionFigure(claim, rows, rules);
    case "count":
      return countFigure(claim, rows, rules);
    case "rate":
      return rateFigure(samples);
    case "cost":
      return costFigure(claim, rows, plan);
    default:
      return { ...empty, verdict: "INVALID" };
  }
}

function quantileFigure(claim: Fields, samples: readonly Fields[], { plan, accuses: accusing }: Rules): Figure {
  if (samples.length === 0) return empty;
  const { all, clusters, step, kept, worth } = seriesOf(samples);
  const upper = claim["estimator"] === "quantile.upper";
  const limit = limitOf(claim, upper);
  const question = { qPpm: wholeOf(claim["qPpm"]) ?? 500_000, alpha: alphaIn(claim, plan), limit, worth, accusing };
  const ruling = upper ? ruleBelow(kept, question) : ruleAbove(kept, question);
  const speaks = (one: Seen): boolean => (upper ? one.atLeast || one.value >= limit : one.value <= limit);
  const over = kept === all ? ruling.over : all.filter(speaks).length;
  const need = ruling.need === null ? null : ruling.need * step;
  return { verdict: ruling.verdict, value: ruling.value, n: all.length, worth, over, clusters, need };
}

/** The first value that breaks the claim: at or above it for upper bounds, at or below it for lower bounds. */
function limitOf(claim: Fields, upper: boolean): number {
  const { op, value } = fieldsOf(claim["threshold"]);
  const given = wholeOf(value);
  if (given === null) return upper ? Number.MAX_SAFE_INTEGER : -1;
  if (upper) return op === "<=" ? given + 1 : given;
  return op === ">=" ? given - 1 : given;
}

function alphaIn(claim: Fields, plan: Fields): ReturnType<typeof alphaFor> {
  return alphaFor(wholeOf(claim["confPpm"]) ?? 950_000, wholeOf(plan["attempt"]) ?? 1);
}

function pointFigure(samples: readonly Fields[], rank: (n: number) => number): Figure {
  const n = samples.length;
  if (n === 0) return empty;
  const { all, clusters } = seriesOf(samples);
  const value = ascendingSound(all)[Math.max(1, rank(n)) - 1] ?? null;
  return { ...empty, verdict: "INFO", value, n, worth: n, clusters };
}

function agrees(row: Fields): boolean {
  if (row["k"] === "s") return row["out"] === "ok";
  return row["expected"] === row["observed"] && row["out"] !== "error:threw";
}

function proportionFigure(claim: Fields, rows: readonly Fields[], { plan, accuses: accusing }: Rules): Figure {
  const n = rows.length;
  if (n === 0) return empty;
  const unclear = rows.filter((row) => row["out"] === "indeterminate").length;
  const bad = rows.filter((row) => !agrees(row)).length;
  const clusters = clustersIn(rows);
  const flags = (): number[] => rows.map((row) => (agrees(row) ? 0 : 1));
  const worth = clusters < n ? worthOfGroups(groupsOf(rows, flags())) : n;
  const worst = Math.ceil((bad * worth) / n);
  const failed = accusing ? Math.floor(((bad - unclear) * worth) / n) : 0;
  const lower = claim["estimator"] === "proportion.lower";
  const limit = wholeOf(fieldsOf(claim["threshold"])["value"]) ?? (lower ? 0 : 1_000_000);
  const rate = lower ? limit : 1_000_000 - limit;
  const ruling = ruleSuccess({ n: worth, failed, unclear: worst - failed }, rate, alphaIn(claim, plan));
  const value = ruling.value === null || lower ? ruling.value : 1_000_000 - ruling.value;
  const need = ruling.need === null ? null : Math.ceil((ruling.need * n) / worth);
  return { verdict: ruling.verdict, value, n, worth, over: bad, clusters, need };
}

function keeps(value: number, threshold: Fields): boolean {
  const limit = Number(threshold["value"]);
  if (threshold["op"] === "<") return value < limit;
  if (threshold["op"] === "<=") return value <= limit;
  return threshold["op"] === ">" ? value > limit : threshold["op"] === ">=" && value >= limit;
}

function countFigure(claim: Fields, rows: readonly Fields[], { accuses: accusing }: Rules): Figure {
  const n = rows.length;
  if (n === 0) return empty;
  const value = rows.filter((row) => !agrees(row)).length;
  const base = { ...empty, value, n, worth: n, over: value, clusters: n };
  if (claim["threshold"] === null) return { ...base, verdict: "INFO" };
  const kept = keeps(value, fieldsOf(claim["threshold"]));
  const planned = wholeOf(claim["plannedN"]) ?? 0;
  const excused = !accusing && rows.every((row) => row["k"] === "s" || agrees(row));
  if (kept ? n < planned : excused) return { ...base, verdict: "INSUFFICIENT", value: null, need: planned };
  return { ...base, verdict: kept ? "PASS" : "FAIL" };
}

function rateFigure(samples: readonly Fields[]): Figure {
  const n = samples.length;
  if (n === 0) return empty;
  const starts = Float64Array.from(samples, (row) => Number(row["sch"])).sort();
  const ends = Float64Array.from(samples, (row) => Number(row["st"] ?? row["sch"]) + Number(row["dur"] ?? 0)).sort();
  const window = BigInt(ends.at(-1) ?? 0) - BigInt(starts[0] ?? 0);
  const good = BigInt(samples.filter((row) => row["out"] === "ok").length);
  const value = window <= 0n ? null : Number((good * 1_000_000_000n) / window);
  return { ...empty, verdict: "INFO", value, n, worth: n, clusters: n };
}

function costFigure(claim: Fields, rows: readonly Fields[], plan: Fields): Figure {
  const n = rows.length;
  const value = microUsd(rows, fieldsOf(plan["priceList"]));
  const kept = value !== null && claim["threshold"] !== null && keeps(value, fieldsOf(claim["threshold"]));
  return { ...empty, verdict: value === null ? "INVALID" : kept ? "PASS" : "FAIL", value, n, worth: n, clusters: n };
}
