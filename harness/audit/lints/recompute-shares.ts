// Shares of counts: `8 of 10 (80 %)`, columns passed, total and rate, a share of the total of its column, and parts that
// must add up to their total: `22 tests: 20 passed, 2 failed`.
import type { Grid, GridRow } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, one, zero } from "../numbers/ratio.ts";
import { divideSpans, point, subtractSpans, sumSpans, type Span } from "../numbers/span.ts";
import { aboutNumber, comparable, fits, inUnitOf, operand } from "./lint.ts";

export interface Fraction {
  readonly part: Quantity;
  readonly whole: Quantity;
}

/** `8/10`, `8 of 10`, `8 out of the 10`: two whole counts. */
export function fractionsIn(own: readonly Quantity[], text: string): readonly Fraction[] {
  return own.flatMap((part, at) => {
    const whole = own[at + 1];
    if (whole === undefined || !isCount(part) || !isCount(whole) || part.range || whole.range) return [];
    const between = text.slice(part.end, whole.at);
    return /^ ?(?:\/|of|out of)(?: the| all)? ?$/.test(between) ||
      /^ [\p{L}-]{2,20} (?:of|out of)(?: the| all)? $/u.test(between)
      ? [{ part, whole }]
      : [];
  });
}

export function isCount(quantity: Quantity): boolean {
  return (
    (quantity.base === "plain" || quantity.base === "count") &&
    quantity.per === "" &&
    quantity.digit.n === 0n &&
    !quantity.digits.includes(".")
  );
}

export function shareFindings(report: ReadReport): readonly Finding[] {
  const prose = report.sentences.flatMap((sentence) => sentenceShares(report, sentence));
  const columns = report.grids.flatMap((grid) => [...rateColumns(report, grid), ...shareColumns(report, grid)]);
  const keys = report.grids
    .filter((grid) => grid.kind === "list" || grid.head.length === 2)
    .flatMap((grid) =>
      keyed(
        report,
        grid.rows.map((row) => ({ label: row.label, quantity: row.mains[1] ?? null })),
      ),
    );
  return [...prose, ...columns, ...keys];
}

const notThatShare =
  /\b(?:bound|cannot|claim|supports?|needs?|confidence|ci|interval|limit|target|threshold|increase|decrease|faster|slower|more|less|growth|reduction|improvement|buffer|margin)\b/i;

function sentenceShares(report: ReadReport, sentence: Sentence): readonly Finding[] {
  const own = report.bySentence[sentence.index] ?? [];
  if (own.length < 2 || own.length > 60) return [];
  const fractions = fractionsIn(own, sentence.text);
  const shares = own.filter((one) => one.base === "share" && one.unit === "%" && one.per === "" && !one.range);
  const labelled = sentence.kind === "row" ? [] : keyed(report, entriesOf(sentence, own));
  const findings: Finding[] = labelled.length > 0 ? [...labelled] : [...partition(report, sentence, own)];
  for (const { part, whole } of fractions) {
    if (compare(whole.value, zero) === 0 || compare(part.value, whole.value) > 0) continue;
    const near = shares.filter(
      (share) => distance(share, part, whole) <= 48 && !crosses(sentence.text, share, part, whole),
    );
    const [share] = near;
    if (share === undefined || near.length > 1 || share.bound !== null || share.unclaimed !== null) continue;
    findings.push(...compareShare(report, sentence, { part, whole }, share));
  }
  return findings;
}

function distance(share: Quantity, part: Quantity, whole: Quantity): number {
  return share.at > whole.end ? share.at - whole.end : part.at - share.end;
}

/** A semicolon or another cell lies between them. */
function crosses(text: string, share: Quantity, part: Quantity, whole: Quantity): boolean {
  const between = share.at > whole.end ? text.slice(whole.end, share.at) : text.slice(share.end, part.at);
  if (/[;·•]/.test(between)) return true;
  return between.includes("|") && !/^[)\s]*\|[\s(]*$/.test(between);
}

function compareShare(
  report: ReadReport,
  sentence: Sentence,
  { part, whole }: Fraction,
  share: Quantity,
): readonly Finding[] {
  const span = divideSpans(part.span, whole.span);
  if (span === null) return [];
  const operands = [operand(part), operand(whole)];
  const other = subtractSpans(point(one), span);
  const context = sentence.text.slice(
    Math.max(0, Math.min(share.at, part.at) - 30),
    Math.max(share.end, whole.end) + 30,
  );
  if (fits(span, share, "cut"))
    return [
      aboutNumber(report, share, { outcome: "proven", because: `it is ${part.text} of ${whole.text}`, operands }),
    ];
  if (fits(other, share, "cut"))
    return [
      aboutNumber(report, share, {
        outcome: "proven",
        because: `it is what ${part.text} of ${whole.text} leave`,
        operands,
      }),
    ];
  if (notThatShare.test(context)) return [];
  return [
    aboutNumber(report, share, {
      outcome: "contradicted",
      because: `${part.text} of ${whole.text} is ${inUnitOf(span, share)}`,
      operands,
    }),
  ];
}

interface Entry {
  readonly label: string;
  readonly quantity: Quantity | null;
}

/** `Total: 22`, `Passed: 20`, `Failed: 2`, `Success rate: 91 %`, as a list, a table of two columns or one sentence. */
function keyed(report: ReadReport, entries: readonly Entry[]): readonly Finding[] {
  const named = (pattern: RegExp): Quantity | null => {
    const found = entries.filter(({ label, quantity }) => quantity !== null && pattern.test(label.trim()));
    return found.length === 1 ? (found[0]?.quantity ?? null) : null;
  };
  const total = named(
    /^(?:total|(?:total )?(?:tests?|checks?|tasks|requests|runs|cases)|(?:tests?|checks?) (?:total|run|executed))$/i,
  );
  const passed = named(/^(?:(?:tests?|checks?) )?(?:passed|passing|succeeded|successful|ok)(?: tests?| checks?)?$/i);
  const failed = named(/^(?:(?:tests?|checks?) )?(?:failed|failing|failures)(?: tests?| checks?)?$/i);
  const rest = [
    named(/^skipped$/i),
    named(/^(?:errors?|errored)$/i),
    named(/^pending$/i),
    named(/^(?:timeouts?|timed out)$/i),
  ];
  const rate = named(/^(?:(?:success|pass(?:ing)?|completion)[ -]rate)$/i);
  if (total === null || passed === null || !isCount(total) || !isCount(passed)) return [];
  const findings: Finding[] = [];
  const others = [failed, ...rest].flatMap((one) => (one === null ? [] : [one]));
  if (failed !== null && others.every(isCount)) {
    const span = sumSpans([passed, ...others].map((one) => one.span));
    // Errors may be among the failures: only a sum without any overlap decides.
    const plain = sumSpans([passed, failed].map((one) => one.span));
    const holds = fits(span, total) || fits(plain, total);
    const because = holds ? "its parts add up to it" : `its parts add up to ${inUnitOf(span, total)}`;
    findings.push(
      aboutNumber(report, total, {
        outcome: holds ? "proven" : "contradicted",
        because,
        operands: [passed, ...others].map(operand),
      }),
    );
  }
  const span = divideSpans(passed.span, total.span);
  if (rate !== null && rate.base === "share" && rate.bound === null && span !== null) {
    const holds = fits(span, rate, "cut");
    const because = holds
      ? `it is ${passed.text} of ${total.text}`
      : `${passed.text} of ${total.text} is ${inUnitOf(span, rate)}`;
    findings.push(
      aboutNumber(report, rate, {
        outcome: holds ? "proven" : "contradicted",
        because,
        operands: [operand(passed), operand(total)],
      }),
    );
  }
  return findings;
}

/** `label: figure` pairs of one sentence. */
function entriesOf(sentence: Sentence, own: readonly Quantity[]): readonly Entry[] {
  return own.map((quantity, at) => {
    const from = own[at - 1]?.end ?? 0;
    const label = /([\p{L}][\p{L} -]{1,30}): ?$/u.exec(
      sentence.text.slice(Math.max(from, quantity.at - 40), quantity.at),
    )?.[1];
    return { label: label ?? "", quantity };
  });
}

const totalNoun =
  /^(?:test|task|check|request|call|run|sample|case|agent|trial|attempt|operation|order|sandbox|sandboxe|item|total|job|vote)s?$/;

/** `22 tests: 20 passed, 1 failed, 1 skipped`. */
function partition(report: ReadReport, sentence: Sentence, own: readonly Quantity[]): readonly Finding[] {
  const named = own.filter(isCount).map((one) => ({ one, word: wordOf(one, sentence.text) }));
  const total = named.find(({ word }) => totalNoun.test(word));
  if (total === undefined) return [];
  const passed = named.filter(({ word }) => /^(?:passed|pass|passing|succeeded|successful|ok|completed)$/.test(word));
  const failed = named.filter(({ word }) => /^(?:failed|fail|failing|failures?|errors?)$/.test(word));
  const rest = named.filter(({ word }) => /^(?:skipped|pending|timed|timeouts?|aborted|dropped)$/.test(word));
  const spread = [total, ...passed, ...failed].map(({ one }) => one.at);
  if (Math.max(...spread) - Math.min(...spread) > 80 || (passed[0]?.one.at ?? 0) < total.one.at) return [];
  if (passed.length !== 1 || failed.length !== 1 || named.filter(({ word }) => totalNoun.test(word)).length !== 1)
    return [];
  const parts = [...passed, ...failed, ...rest].map(({ one }) => one);
  const span = sumSpans(parts.map((part) => part.span));
  const outcome = fits(span, total.one) ? "proven" : "contradicted";
  const because = outcome === "proven" ? "its parts add up to it" : `its parts add up to ${inUnitOf(span, total.one)}`;
  return [aboutNumber(report, total.one, { outcome, because, operands: parts.map(operand) })];
}

/** The word that says what is counted: the one after the figure, or the label before a colon. */
function wordOf(quantity: Quantity, text: string): string {
  const after = /^ ?([\p{L}]+)/u.exec(text.slice(quantity.end, quantity.end + 24))?.[1];
  const before = /([\p{L}]+):? ?$/u.exec(text.slice(Math.max(0, quantity.at - 24), quantity.at));
  const labelled = before?.[0].includes(":") === true ? before[1] : undefined;
  return (labelled ?? after ?? "").toLowerCase();
}

interface RateHeads {
  readonly good: number;
  readonly bad: number;
  readonly whole: number;
  readonly rate: number;
}

function rateColumns(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const at = (pattern: RegExp): number => {
    const found = grid.head.flatMap((head, index) => (pattern.test(head.trim()) ? [index] : []));
    return found.length === 1 ? (found[0] ?? -1) : -1;
  };
  const heads: RateHeads = {
    good: at(/^(?:passed|pass|ok|succeeded|success|successes|successful|completed|hits|covered|won|wins)$/i),
    bad: at(/^(?:failed|fail|failures?|errors?|lost|losses)$/i),
    whole: at(
      /^(?:total|tests|runs|attempts|trials|requests|calls|n|count|samples|tasks|cases|all|operations|trades)$/i,
    ),
    rate: at(/(?:rate|%|percent|share|coverage|ratio)/i),
  };
  if (heads.rate === -1) return [];
  return grid.rows.flatMap((row) => rowRate(report, row, heads, grid.head[heads.rate] ?? ""));
}

function rowRate(report: ReadReport, row: GridRow, heads: RateHeads, rateHead: string): readonly Finding[] {
  const share = row.mains[heads.rate] ?? null;
  const good = row.mains[heads.good] ?? null;
  const bad = row.mains[heads.bad] ?? null;
  const whole = row.mains[heads.whole] ?? null;
  if (share === null || share.base !== "share" || share.bound !== null) return [];
  const part = good ?? bad;
  if (part === null || !isCount(part)) return [];
  const total = whole ?? (good !== null && bad !== null ? null : undefined);
  if (total === undefined) return [];
  const sum = total === null ? sumSpans([good, bad].flatMap((one) => (one === null ? [] : [one.span]))) : total.span;
  const span = divideSpans(part.span, sum);
  if (span === null || (total !== null && !isCount(total))) return [];
  const operands = [part, total ?? bad ?? part].map(operand);
  const choices = [span, subtractSpans(point(one), span)];
  if (choices.some((choice) => fits(choice, share, "cut")))
    return [
      aboutNumber(report, share, { outcome: "proven", because: "it follows from the counts of its row", operands }),
    ];
  if (total === null && /skip/i.test(rateHead)) return [];
  const meant = good === null || !/fail|error|loss/i.test(rateHead) ? span : subtractSpans(point(one), span);
  return [
    aboutNumber(report, share, {
      outcome: "contradicted",
      because: `the counts of its row give ${inUnitOf(meant, share)}`,
      operands,
    }),
  ];
}

/** Share of the total of one other column. */
function shareColumns(report: ReadReport, grid: Grid): readonly Finding[] {
  if (grid.kind === "list") return [];
  const share = grid.head.findIndex((head) => /\bshare\b|% of|percent of|\bportion\b/i.test(head));
  if (share === -1) return [];
  const data = grid.rows.filter((row) => row.kind === "data");
  const others = grid.head.flatMap((_, at) => {
    const parts = data.flatMap((row) => row.mains[at] ?? []);
    const [first] = parts;
    const full =
      first !== undefined &&
      parts.length === data.length &&
      at !== share &&
      parts.every((part) => comparable(part, first) && part.base !== "share");
    return full && data.length >= 2 ? [parts] : [];
  });
  const [parts] = others;
  if (parts === undefined || others.length !== 1) return [];
  const total = sumSpans(parts.map((part) => part.span));
  return data.flatMap((row, at) => {
    const printed = row.mains[share] ?? null;
    const part = parts[at];
    const span: Span | null = part === undefined ? null : divideSpans(part.span, total);
    if (printed === null || printed.base !== "share" || part === undefined || span === null) return [];
    const outcome = fits(span, printed, "cut") ? ("proven" as const) : ("contradicted" as const);
    const because =
      outcome === "proven"
        ? "it is its row's share of the column"
        : `its row's share of the column is ${inUnitOf(span, printed)}`;
    return [aboutNumber(report, printed, { outcome, because, operands: [operand(part)] })];
  });
}
