// One claim re-derived from the records alone. Every field of the entry in claims.json is computed again and compared, so
// an edited figure, verdict, limit or count is named with its claim. Law: measurement §10 step 3.
import { alphaFor } from "./exact-tails.ts";
import { ruleAbove, ruleBelow, ruleSuccess } from "./exact-gates.ts";
import { thinning, worthOfGroups } from "./exact-worth.ts";
import { fieldsOf, list, textOf, wholeOf, type Fields } from "./facts.ts";
import { microUsd } from "./money.ts";
import { originFor, type Origin } from "./origin-rules.ts";
import type { RecordFile, Seen } from "./record-files.ts";

export interface Case {
  readonly plan: Fields;
  readonly files: readonly RecordFile[];
  readonly seen: Seen;
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
  const rows = files.flatMap((file) => rowsFor(claim, file));
  const unheard = facts.plan["isolation"] === "none" && aboutIsolation;
  if (unheard || rows.length === 0) return nothing(wanted);
  const origin = originFor(claim, rows, { seen: facts.seen, wanted });
  const left = new Set(list(facts.plan["exclusions"]).map(textOf));
  const kept = rows.filter((row) => !left.has(textOf(row["out"])) || row["k"] !== "s");
  const samples = kept.filter((row) => row["k"] === "s");
  const figure = figureOf(claim, kept, facts.plan);
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

function rowsFor(claim: Fields, file: RecordFile): readonly Fields[] {
  if (file.kind === "samples") return file.rows.filter((row) => row["ph"] === "measure");
  if (file.kind === "observations") return file.rows;
  return file.rows.filter((row) => row["k"] === "meter" && row["metric"] === claim["metric"]);
}

function finalVerdict(claim: Fields, found: string, origin: Origin, plan: Fields): string {
  if (origin.unfit || (claim["estimator"] === "cost" && plan["priceList"] === null)) return "INVALID";
  if (found === "NOT_RUN" || found === "INVALID") return found;
  const informs = origin.target === "mixed" || origin.provenance === "modelled" || origin.provenance === "declared";
  return claim["need"] === "info" || claim["threshold"] === null || informs ? "INFO" : found;
}

function figureOf(claim: Fields, rows: readonly Fields[], plan: Fields): Figure {
  const samples = rows.filter((row) => row["k"] === "s");
  switch (claim["estimator"]) {
    case "quantile.upper":
    case "quantile.lower":
      return quantileFigure(claim, samples, plan);
    case "quantile.point":
      return pointFigure(samples, (n) => Math.ceil((n * (wholeOf(claim["qPpm"]) ?? 500_000)) / 1_000_000));
    case "max.observed":
      return pointFigure(samples, (n) => n);
    case "proportion.lower":
    case "proportion.upper":
      return proportionFigure(claim, rows, plan);
    case "count":
      return countFigure(claim, rows);
    case "rate":
      return rateFigure(samples);
    case "cost":
      return costFigure(claim, rows, plan);
    default:
      return { ...empty, verdict: "INVALID" };
  }
}

function responseOf(row: Fields): number {
  const responseNs = row["st"] === null ? 0 : Number(row["st"]) + Number(row["dur"]) - Number(row["sch"]);
  // A record with broken times is blamed as a record; the arithmetic must live to say so.
  return Number.isSafeInteger(responseNs) ? responseNs : 0;
}

function quantileFigure(claim: Fields, samples: readonly Fields[], plan: Fields): Figure {
  if (samples.length === 0) return empty;
  const all = samples.map((row) => ({ value: responseOf(row), atLeast: row["out"] !== "ok" }));
  const groups = groupsOf(
    samples,
    all.map((one) => one.value),
  );
  const clustered = groups.length < samples.length;
  const step = clustered ? 1 : thinning(all.map((one) => one.value));
  const kept = all.filter((_, index) => index % step === 0);
  const upper = claim["estimator"] === "quantile.upper";
  const limit = limitOf(claim, upper);
  const worth = clustered ? worthOfGroups(groups) : kept.length;
  const alpha = alphaIn(claim, plan);
  const question = { qPpm: wholeOf(claim["qPpm"]) ?? 500_000, alpha, limit, worth };
  const ruling = upper ? ruleBelow(kept, question) : ruleAbove(kept, question);
  const over = all.filter((one) => (upper ? one.atLeast || one.value >= limit : one.value <= limit)).length;
  const need = ruling.need === null ? null : ruling.need * step;
  return { verdict: ruling.verdict, value: ruling.value, n: all.length, worth, over, clusters: groups.length, need };
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
  const good = samples.filter((row) => row["out"] === "ok").map(responseOf);
  good.sort((a, b) => a - b);
  const ceiling = Math.max(1, rank(n));
  const groups = groupsOf(
    samples,
    samples.map(() => 0),
  );
  return { ...empty, verdict: "INFO", value: good[ceiling - 1] ?? null, n, worth: n, clusters: groups.length };
}

function agrees(row: Fields): boolean {
  if (row["k"] === "s") return row["out"] === "ok";
  return row["expected"] === row["observed"] && row["out"] !== "error:threw";
}

function proportionFigure(claim: Fields, rows: readonly Fields[], plan: Fields): Figure {
  const n = rows.length;
  if (n === 0) return empty;
  const unclear = rows.filter((row) => row["out"] === "indeterminate").length;
  const bad = rows.filter((row) => !agrees(row)).length;
  const groups = groupsOf(
    rows,
    rows.map((row) => (agrees(row) ? 0 : 1)),
  );
  const worth = groups.length < n ? worthOfGroups(groups) : n;
  const worst = Math.ceil((bad * worth) / n);
  const failed = Math.floor(((bad - unclear) * worth) / n);
  const lower = claim["estimator"] === "proportion.lower";
  const limit = wholeOf(fieldsOf(claim["threshold"])["value"]) ?? (lower ? 0 : 1_000_000);
  const rate = lower ? limit : 1_000_000 - limit;
  const ruling = ruleSuccess({ n: worth, failed, unclear: worst - failed }, rate, alphaIn(claim, plan));
  const value = ruling.value === null || lower ? ruling.value : 1_000_000 - ruling.value;
  const need = ruling.need === null ? null : Math.ceil((ruling.need * n) / worth);
  return { verdict: ruling.verdict, value, n, worth, over: bad, clusters: groups.length, need };
}

function keeps(value: number, threshold: Fields): boolean {
  const limit = Number(threshold["value"]);
  if (threshold["op"] === "<") return value < limit;
  if (threshold["op"] === "<=") return value <= limit;
  return threshold["op"] === ">" ? value > limit : threshold["op"] === ">=" && value >= limit;
}

function countFigure(claim: Fields, rows: readonly Fields[]): Figure {
  const n = rows.length;
  if (n === 0) return empty;
  const value = rows.filter((row) => !agrees(row)).length;
  const base = { ...empty, value, n, worth: n, over: value, clusters: n };
  if (claim["threshold"] === null) return { ...base, verdict: "INFO" };
  const kept = keeps(value, fieldsOf(claim["threshold"]));
  const planned = wholeOf(claim["plannedN"]) ?? 0;
  if (kept && n < planned) return { ...base, verdict: "INSUFFICIENT", value: null, need: planned };
  return { ...base, verdict: kept ? "PASS" : "FAIL" };
}

function rateFigure(samples: readonly Fields[]): Figure {
  const n = samples.length;
  if (n === 0) return empty;
  const starts = samples.map((row) => Number(row["sch"])).sort((a, b) => a - b);
  const ends = samples.map((row) => (row["st"] === null ? Number(row["sch"]) : Number(row["st"]) + Number(row["dur"])));
  const window = BigInt(ends.sort((a, b) => b - a)[0] ?? 0) - BigInt(starts[0] ?? 0);
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

function groupsOf(rows: readonly Fields[], values: readonly number[]): readonly (readonly number[])[] {
  const named = new Map<string, number[]>();
  const groups: number[][] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const cluster = rows[index]?.["cl"];
    const value = values[index] ?? 0;
    const known = typeof cluster === "string" ? named.get(cluster) : undefined;
    if (known !== undefined) {
      known.push(value);
      continue;
    }
    const group = [value];
    groups.push(group);
    if (typeof cluster === "string") named.set(cluster, group);
  }
  return groups;
}
