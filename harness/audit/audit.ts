// The audit of one report: text in, graded claims out. Pure. A contradiction outweighs everything, a refusal outweighs
// arithmetic (the mean of invented scores is still invented), and what nobody speaks about is unsupported.
import { compareEvidence, nothingCompared, type EvidenceFacts } from "./evidence/compare.ts";
import { readReport, type ReadReport } from "./extract/read-report.ts";
import { mostNumbers, mostReportBytes } from "./limits.ts";
import { quote } from "./lints/lint.ts";
import { redacted, secretLint } from "./lints/secrets.ts";
import { evidenceLint, lints, unbacked } from "./lints/table.ts";
import type { Finding, Outcome, Quantity, Unclaimed } from "./model.ts";

export interface GradedClaim {
  readonly grade: Outcome;
  /** The lint that decided, `recomputed` or `evidence` for what is proven, `unsupported` where none speaks. */
  readonly lint: string;
  readonly line: number;
  /** The figure or the phrase, as printed. */
  readonly text: string;
  readonly sentence: string;
  readonly because: string;
  readonly operands: readonly string[];
  /** Other lints that refuse it. */
  readonly also: readonly string[];
  /** What evidence would prove it; empty for what is proven. */
  readonly wanted: string;
}

export interface Audit {
  /** Worst first, then by line. */
  readonly claims: readonly GradedClaim[];
  /** Figures that state nothing: dates, versions, ids, limits. */
  readonly unclaimed: readonly Unclaimed[];
  readonly counts: {
    readonly proven: number;
    readonly contradicted: number;
    readonly unsupported: number;
    readonly unclaimed: number;
  };
}

/** Why a report cannot be audited. */
export interface Unfit {
  readonly unfit: string;
}

/** `evidence`: what a verified bundle says; null without one. */
export function auditReport(text: string, evidence: EvidenceFacts | null = null): Audit | Unfit {
  if (Buffer.byteLength(text) > mostReportBytes) return { unfit: `it holds more than ${mostReportBytes} bytes` };
  if (text.includes("\u0000")) return { unfit: "it is no text: it holds a zero byte" };
  const report = readReport(text.replace(/^\uFEFF/, ""));
  if (report.tooMany) return { unfit: `it holds more than ${mostNumbers} figures` };
  const found = lints.flatMap((lint) =>
    lint.find(report).map((finding) => ({ lint: lint.name, wanted: lint.wanted, finding })),
  );
  const backed = evidence === null ? nothingCompared : compareEvidence(report, evidence);
  const all = [
    ...found,
    ...backed.findings.map((finding) => ({ lint: evidenceLint.name, wanted: evidenceLint.wanted, finding })),
  ];
  return withoutSecrets(grade(report, all, backed.unclaimed));
}

/** Whatever stands on the line of a credential is not quoted, nor is a credential in an operand. */
function withoutSecrets(audit: Audit): Audit {
  const lines = new Set(audit.claims.filter(({ lint }) => lint === secretLint).map(({ line }) => line));
  if (lines.size === 0) return audit;
  const text = "[not quoted: its line holds a credential]";
  const claims = audit.claims.map((claim) => {
    const hidden = lines.has(claim.line) && claim.lint !== secretLint ? { ...claim, text, sentence: text } : claim;
    return { ...hidden, because: redacted(hidden.because), operands: hidden.operands.map(redacted) };
  });
  const unclaimed = audit.unclaimed.map((one) => (lines.has(one.line) ? { ...one, text } : one));
  return { ...audit, claims, unclaimed };
}

interface Told {
  readonly lint: string;
  readonly wanted: string;
  readonly finding: Finding;
}

const weight: Readonly<Record<Outcome, number>> = { contradicted: 0, unsupported: 1, proven: 2 };

function grade(report: ReadReport, told: readonly Told[], extra: ReadonlyMap<number, string>): Audit {
  const byQuantity = new Map<number, Told>();
  const phrases = new Map<string, Told>();
  const refusing = new Map<string, readonly string[]>();
  for (const one of told) {
    const { quantity, line, text } = one.finding;
    if (one.finding.outcome !== "proven") refusing.set(placeOf(one), [...(refusing.get(placeOf(one)) ?? []), one.lint]);
    if (quantity === null) keepWorse(phrases, `${line} ${text}`, one);
    else keepWorse(byQuantity, quantity.index, one);
  }
  const open = report.quantities.filter((one) => one.unclaimed === null && !byQuantity.has(one.index));
  const unbackedClaims = open.filter((one) => !extra.has(one.index)).map((one) => unbackedClaim(report, one));
  const claims = [
    ...[...byQuantity.values(), ...phrases.values()].map((one) => claimOf(one, refusing.get(placeOf(one)) ?? [])),
    ...unbackedClaims,
  ].sort(worstFirst);
  const unclaimed = unclaimedOf(
    report,
    byQuantity,
    open.filter((one) => extra.has(one.index)),
    extra,
  );
  const count = (wanted: Outcome): number => claims.filter((one) => one.grade === wanted).length;
  const counts = { proven: count("proven"), contradicted: count("contradicted"), unsupported: count("unsupported") };
  return { claims, unclaimed, counts: { ...counts, unclaimed: unclaimed.length } };
}

function keepWorse<Key>(kept: Map<Key, Told>, key: Key, one: Told): void {
  const before = kept.get(key);
  if (before === undefined || rank(one) < rank(before)) kept.set(key, one);
}

function unbackedClaim(report: ReadReport, quantity: Quantity): GradedClaim {
  const { line, text } = quantity;
  const sentence = quote(report.sentenceOf(quantity).text);
  return {
    grade: "unsupported",
    lint: unbacked.name,
    line,
    text,
    sentence,
    because: unbacked.because,
    operands: [],
    also: [],
    wanted: unbacked.wanted,
  };
}

function worstFirst(a: GradedClaim, b: GradedClaim): number {
  return (
    weight[a.grade] - weight[b.grade] ||
    Number(a.lint === unbacked.name) - Number(b.lint === unbacked.name) ||
    a.line - b.line
  );
}

/** What claims nothing, without the limits and names that a lint judged: those are claims after all. */
function unclaimedOf(
  report: ReadReport,
  judgedBy: ReadonlyMap<number, Told>,
  printed: readonly Quantity[],
  extra: ReadonlyMap<number, string>,
): readonly Unclaimed[] {
  const judged = new Set(
    report.quantities
      .filter((one) => one.unclaimed !== null && judgedBy.has(one.index))
      .map(({ line, text }) => `${line} ${text}`),
  );
  const own = report.unclaimed.filter(({ line, text }) => !judged.has(`${line} ${text}`));
  return [...own, ...printed.map(({ index, line, text }) => ({ line, text, reason: extra.get(index) ?? "" }))].sort(
    (a, b) => a.line - b.line,
  );
}

/** Worse wins; what a verified bundle proves outweighs a refusal for want of evidence. */
function rank({ lint, finding }: Told): number {
  if (finding.outcome === "contradicted") return 0;
  if (finding.outcome === "proven" && lint === evidenceLint.name) return 1;
  return finding.outcome === "unsupported" ? 2 : 3;
}

function placeOf({ finding: { quantity, line, text } }: Told): string {
  return quantity === null ? `${line} ${text}` : String(quantity.index);
}

function claimOf({ lint, wanted, finding }: Told, refusing: readonly string[]): GradedClaim {
  const { outcome, line, text, sentence, because, operands } = finding;
  const proven = outcome === "proven";
  return {
    grade: outcome,
    lint: proven && lint !== evidenceLint.name ? "recomputed" : lint,
    line,
    text,
    sentence,
    because,
    operands,
    also: [...new Set(refusing)].filter((name) => name !== lint),
    wanted: proven ? "" : wanted,
  };
}

/** 0 nothing is refused, 1 something is contradicted, 6 something is unsupported and nothing contradicted. */
export function exitCodeOf({ counts }: Audit): 0 | 1 | 6 {
  if (counts.contradicted > 0) return 1;
  return counts.unsupported > 0 ? 6 : 0;
}
