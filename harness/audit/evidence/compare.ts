// A report against a verified bundle. A figure is proven when it equals a field of the claim that its line names, by id, by
// metric or by the words of the claim's own sentence; it is contradicted when it names a claim and equals none of its fields.
// A figure of the bundle's own report that no claim states is listed as unclaimed, and said so.
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, multiply, ratio, type Ratio } from "../numbers/ratio.ts";
import { statisticIn } from "../extract/grids.ts";
import { aboutNumber } from "../lints/lint.ts";
import { shared, subject } from "../words.ts";

/** One entry of claims.json, as far as figures go, with the words of its promise. */
export interface EvidenceClaim {
  readonly id: string;
  readonly metric: string;
  readonly sentence: string;
  readonly estimator: string;
  readonly unit: string;
  readonly verdict: string;
  readonly qPpm: number | null;
  readonly confPpm: number | null;
  readonly value: number | null;
  readonly limit: number | null;
  /** n, over, censored, dropped, excluded, clusters, attempt, need … by name. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface EvidenceFacts {
  readonly claims: readonly EvidenceClaim[];
  /** Figures of the environment and the plan: label and value as text. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The report is one that the manifest of the bundle lists, byte for byte. */
  readonly ownReport: boolean;
}

export interface Compared {
  readonly findings: readonly Finding[];
  /** Reason by index of the quantity. */
  readonly unclaimed: ReadonlyMap<number, string>;
}

export const nothingCompared: Compared = { findings: [], unclaimed: new Map() };

export function compareEvidence(report: ReadReport, facts: EvidenceFacts): Compared {
  const index = indexOf(facts);
  const findings: Finding[] = [];
  const unclaimed = new Map<number, string>();
  for (const quantity of report.quantities) {
    const sentence = report.sentenceOf(quantity);
    const finding =
      namedClaim(report, quantity, { sentence, index }) ??
      worded(report, quantity, { sentence, index }) ??
      tallied(report, quantity, { sentence, index }) ??
      fact(report, quantity, { sentence, facts });
    if (finding !== null) findings.push(finding);
    else if (facts.ownReport && quantity.unclaimed === null)
      unclaimed.set(quantity.index, "the run's own report prints it and no claim states it");
  }
  return { findings, unclaimed };
}

interface Index {
  readonly byName: ReadonlyMap<string, readonly EvidenceClaim[]>;
  readonly worded: readonly { readonly claim: EvidenceClaim; readonly words: readonly string[] }[];
  readonly verdicts: ReadonlyMap<string, number>;
  readonly all: readonly EvidenceClaim[];
}

function indexOf({ claims }: EvidenceFacts): Index {
  const byName = new Map<string, EvidenceClaim[]>();
  const verdicts = new Map<string, number>();
  for (const claim of claims) {
    for (const name of [claim.id, claim.metric]) byName.set(name, [...(byName.get(name) ?? []), claim]);
    verdicts.set(claim.verdict, (verdicts.get(claim.verdict) ?? 0) + 1);
  }
  return {
    byName,
    verdicts,
    all: claims,
    worded: claims.map((claim) => ({ claim, words: subject(claim.sentence.split(":")[0] ?? "") })),
  };
}

/** The line names a claim or a metric in a code span. */
function namedClaim(
  report: ReadReport,
  quantity: Quantity,
  { sentence, index }: { readonly sentence: Sentence; readonly index: Index },
): Finding | null {
  const names = sentence.text.match(/\uE000[^\uE001]{3,120}\uE001/g) ?? [];
  const own = names.flatMap((name) => index.byName.get(name.slice(1, -1)) ?? []);
  const before = own.length > 0 ? own : carried(report, sentence, index);
  if (before.length === 0) return null;
  const held = before.find((claim) => fieldOf(claim, quantity) !== null);
  if (held !== undefined) return proven(report, quantity, held);
  const said = before.filter((claim) => isMeasure(quantity, claim));
  if (said.length === 0 || quantity.unclaimed !== null) return null;
  const operands = said
    .slice(0, 6)
    .map(({ id, value, unit, counts }) => `${id}: ${value ?? "nothing"} ${unit}, n ${counts["n"] ?? 0}`);
  return aboutNumber(report, quantity, {
    outcome: "contradicted",
    because: "the claim that its line names says otherwise",
    operands,
  });
}

/** A further sentence of an item that began with the name. */
function carried(report: ReadReport, sentence: Sentence, index: Index): readonly EvidenceClaim[] {
  if (sentence.list === null) return [];
  for (let at = sentence.index - 1; at >= Math.max(0, sentence.index - 4); at -= 1) {
    const other = report.sentences[at];
    if (other === undefined || other.line !== sentence.line || other.list !== sentence.list) return [];
    const names = other.text.match(/\uE000[^\uE001]{3,120}\uE001/g) ?? [];
    const own = names.flatMap((name) => index.byName.get(name.slice(1, -1)) ?? []);
    if (own.length > 0) return own;
  }
  return [];
}

function isMeasure(quantity: Quantity, claim: EvidenceClaim): boolean {
  const bases: Readonly<Record<string, string>> = { ns: "time", ppm: "share", microusd: "money", count: "count" };
  return quantity.base === bases[claim.unit] && quantity.base !== "count";
}

function proven(report: ReadReport, quantity: Quantity, claim: EvidenceClaim): Finding {
  return aboutNumber(report, quantity, {
    outcome: "proven",
    because: `it equals ${fieldOf(claim, quantity) ?? "value"} of ${claim.id}`,
    operands: [claim.id],
  });
}

/** The field of a claim that a figure equals, to the last printed digit. */
function fieldOf(claim: EvidenceClaim, quantity: Quantity): string | null {
  if (claim.value !== null && equals(quantity, claim.value, claim.unit)) return "value";
  if (claim.limit !== null && equals(quantity, claim.limit, claim.unit)) return "threshold";
  if (claim.confPpm !== null && equals(quantity, claim.confPpm, "ppm")) return "confPpm";
  if (claim.confPpm !== null && equals(quantity, claim.confPpm, "count")) return "confPpm";
  if (claim.qPpm !== null && equals(quantity, claim.qPpm, "ppm")) return "qPpm";
  if (quantity.base !== "count" && quantity.base !== "plain") return null;
  // A raw value in the unit of the record: nanoseconds or parts per million without a unit.
  if (claim.value !== null && equals(quantity, claim.value, "count")) return "value";
  return Object.entries(claim.counts).find(([, count]) => equals(quantity, count, "count"))?.[0] ?? null;
}

function equals(quantity: Quantity, value: number, unit: string): boolean {
  const scale = scales[unit];
  if (scale === undefined || !Number.isSafeInteger(value)) return false;
  const counts = quantity.base === "count" || quantity.base === "plain";
  if (scale.base === "count" ? !counts : scale.base !== quantity.base) return false;
  const exact = multiply(ratio(BigInt(value)), scale.worth);
  const gap = distance(exact, quantity.value);
  // Bounds are rounded up or down, so a whole unit of the last digit is one figure.
  return gap.n === 0n || compare(gap, quantity.digit) < 0;
}

const scales: Readonly<Record<string, { readonly base: string; readonly worth: Ratio }>> = {
  ns: { base: "time", worth: ratio(1n, 1_000_000_000n) },
  ppm: { base: "share", worth: ratio(1n, 1_000_000n) },
  microusd: { base: "money", worth: ratio(1n, 1_000_000n) },
  count: { base: "count", worth: ratio(1n) },
};

function distance(a: Ratio, b: Ratio): Ratio {
  const n = a.n * b.d - b.n * a.d;
  return ratio(n < 0n ? -n : n, a.d * b.d);
}

/** The words of a claim's sentence stand in the line: `create sandbox P95 27.2 ms`. */
function worded(
  report: ReadReport,
  quantity: Quantity,
  { sentence, index }: { readonly sentence: Sentence; readonly index: Index },
): Finding | null {
  const words = subject(sentence.text);
  const fitting = index.worded.filter(
    (one) => one.words.length > 0 && shared(one.words, words).length === one.words.length,
  );
  if (fitting.length === 0) return null;
  const longest = Math.max(...fitting.map((one) => one.words.length));
  const claims = fitting.filter((one) => one.words.length === longest).map((one) => one.claim);
  const statistic = statisticOf(report, quantity, sentence);
  const meant = claims.filter(
    (claim) => statistic === null || statisticOfClaim(claim) === null || statisticOfClaim(claim) === statistic,
  );
  const held = meant.find((claim) => fieldOf(claim, quantity) !== null);
  if (held !== undefined) return proven(report, quantity, held);
  const measures = meant.filter(
    (claim) =>
      statistic !== null && statisticOfClaim(claim) === statistic && isMeasure(quantity, claim) && claim.value !== null,
  );
  const [first] = measures;
  if (first === undefined || quantity.unclaimed !== null || quantity.bound !== null || quantity.base !== "time")
    return null;
  return aboutNumber(report, quantity, {
    outcome: "contradicted",
    because: `${first.id} says ${first.value ?? 0} ${first.unit}`,
    operands: measures.slice(0, 4).map(({ id }) => id),
  });
}

function statisticOf(report: ReadReport, quantity: Quantity, sentence: Sentence): string | null {
  if (quantity.cell !== null) {
    const head = statisticIn(report.tables[quantity.cell.table]?.head[quantity.cell.column] ?? "");
    if (head !== null) return head;
  }
  return statisticIn(sentence.text.slice(Math.max(0, quantity.at - 24), quantity.at));
}

function statisticOfClaim(claim: EvidenceClaim): string | null {
  if (claim.estimator === "max.observed") return "max";
  return claim.qPpm === null ? null : `p${claim.qPpm / 10_000}`;
}

/** Counts of verdicts, and of what the checks of a layer came to. */
function tallied(
  report: ReadReport,
  quantity: Quantity,
  { sentence, index }: { readonly sentence: Sentence; readonly index: Index },
): Finding | null {
  if (quantity.base !== "plain" && quantity.base !== "count") return null;
  const held = [...index.verdicts].find(([verdict, count]) => {
    const named = new RegExp(`\\b${verdict.replace("_", "[ _]")}\\b`).test(sentence.text);
    return named && sentence.kind === "row" && equals(quantity, count, "count");
  });
  if (held === undefined) return null;
  return aboutNumber(report, quantity, { outcome: "proven", because: `so many claims of the bundle are ${held[0]}` });
}

/** A row of two cells, label and value, that env.json or plan.json holds. */
function fact(
  report: ReadReport,
  quantity: Quantity,
  { sentence, facts }: { readonly sentence: Sentence; readonly facts: EvidenceFacts },
): Finding | null {
  if (sentence.kind !== "row") return null;
  const cells = sentence.text.split(" | ");
  const held = facts.facts.find(
    (one) => one.label === cells[0]?.trim() && one.value === cells[1]?.trim().replaceAll(",", ""),
  );
  return held === undefined
    ? null
    : aboutNumber(report, quantity, { outcome: "proven", because: `env.json of the bundle says so of ${held.label}` });
}
