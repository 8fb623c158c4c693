// A mean, total or extreme said in prose against the figures it speaks about: those listed in the same sentence, or the one
// table or list of its section that shares its subject.
import { kindOf, statisticIn, type Grid } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, greatest, least } from "../numbers/ratio.ts";
import { disjoint, meanSpan, sumSpans, type Span } from "../numbers/span.ts";
import { shared, subject } from "../words.ts";
import { aboutNumber, comparable, fits, inUnitOf, operand } from "./lint.ts";

type Act = "mean" | "total" | "most" | "least" | "each";

interface Series {
  readonly section: number;
  readonly subject: readonly string[];
  readonly parts: readonly { readonly label: readonly string[]; readonly quantity: Quantity }[];
  /** Whole counts of unlike things add up to nothing. */
  readonly sums: boolean;
}

export function seriesFindings(report: ReadReport): readonly Finding[] {
  const all = report.grids.flatMap((grid) => seriesOf(report, grid));
  const bySection = new Map<number, Series[]>();
  for (const one of all) bySection.set(one.section, [...(bySection.get(one.section) ?? []).slice(-20), one]);
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (own.length === 0 || own.length > 60 || sentence.kind === "row") return [];
    return own.flatMap((quantity) => {
      const act = actOf(sentence, quantity);
      if (act === null || quantity.unclaimed !== null || quantity.per !== "") return [];
      return (
        inside(report, sentence, { own, quantity, act }) ??
        across(report, sentence, { quantity, act, near: bySection.get(sentence.section) ?? [] })
      );
    });
  });
}

function seriesOf(report: ReadReport, grid: Grid): readonly Series[] {
  const data = grid.rows.filter((row) => row.kind === "data");
  const columns = Math.max(0, ...data.map((row) => row.mains.length));
  const found: Series[] = [];
  for (let column = 0; column < columns; column += 1) {
    const head = grid.head[column] ?? "";
    if (statisticIn(head) !== null || /\b(?:limit|target|sla|budget|threshold)\b/i.test(head)) continue;
    const parts = data.flatMap((row) => {
      const quantity = row.mains[column] ?? null;
      return quantity === null || quantity.range || quantity.bound !== null
        ? []
        : [{ label: subject(row.label), quantity }];
    });
    const [first] = parts;
    if (first === undefined || parts.length < 2 || parts.length !== data.length) continue;
    if (!parts.every(({ quantity }) => comparable(quantity, first.quantity))) continue;
    const words = [
      ...subject(head),
      ...subject(grid.caption),
      ...report.titles(grid.section),
      ...parts.flatMap(({ label }) => label),
    ];
    found.push({
      section: grid.section,
      subject: words,
      parts,
      sums: !["count", "plain", "share"].includes(first.quantity.base),
    });
  }
  return found;
}

function actOf(sentence: Sentence, quantity: Quantity): Act | null {
  if (quantity.range)
    return /\b(?:each|every|per|all|individual\w*|spawn\w*|intervals?)\b/i.test(sentence.text) ? "each" : null;
  const before = sentence.text.slice(Math.max(0, quantity.at - 40), quantity.at);
  const clause = before.slice(Math.max(before.lastIndexOf(";"), before.lastIndexOf(","), before.lastIndexOf("|")) + 1);
  const after =
    /^ ?(?:on average|in total|average|mean|total|altogether)\b/i.exec(
      sentence.text.slice(quantity.end, quantity.end + 14),
    )?.[0] ?? "";
  const text = `${clause} ${after}`;
  const listed = /\b(mean|average|sum|total) of\b.*[,/+] ?.*\b(?:is|was|gives|equals|makes|=)\s[$~]?$/i.exec(
    sentence.text.slice(0, quantity.at),
  )?.[1];
  if (listed !== undefined) return /mean|average/i.test(listed) ? "mean" : "total";
  if (/\b\p{L}{1,2}[\p{N}\p{No}]?\s?= ?$|sum ?\(/iu.test(clause)) return null;
  if (/\b(?:mean|average|averag\w+|avg)\b/i.test(text)) return "mean";
  if (/\b(?:total|totals|totall?ing|sum|altogether)\b/i.test(text)) return "total";
  if (/\b(?:slowest|longest|largest|maximum|max)\b/i.test(clause)) return "most";
  return /\b(?:fastest|shortest|smallest|minimum|min)\b/i.test(clause) ? "least" : null;
}

function compute(act: Act, spans: readonly Span[]): Span | null {
  const lows = spans.map((span) => span.low);
  const highs = spans.map((span) => span.high);
  switch (act) {
    case "mean":
      return meanSpan(spans);
    case "total":
      return sumSpans(spans);
    case "most":
      return { low: lows.reduce(greatest), high: highs.reduce(greatest) };
    case "least":
      return { low: lows.reduce(least), high: highs.reduce(least) };
    case "each":
      return null;
  }
}

const names: Readonly<Record<Act, string>> = {
  mean: "mean",
  total: "sum",
  most: "greatest",
  least: "least",
  each: "least",
};

/** The figures listed beside it: `0.5, 2.0 and 0.4 s (mean 0.97 s)`, `the average of 10, 20 and 30 is 20`. Null: none are. */
function inside(
  report: ReadReport,
  sentence: Sentence,
  { own, quantity, act }: { readonly own: readonly Quantity[]; readonly quantity: Quantity; readonly act: Act },
): readonly Finding[] | null {
  if (act === "most" || act === "least" || act === "each") return null;
  // One of the figures of a list is not what the list comes to.
  if (listsIn(own, sentence.text).some((run) => run.includes(quantity))) return [];
  const runs = listsIn(
    own.filter((one) => one !== quantity),
    sentence.text,
  );
  const list = runs.find((run) => run.length >= 2 && !run.includes(quantity));
  if (list === undefined || runs.length !== 1) return null;
  const last = list.at(-1);
  if (last === undefined || list.some((one) => one.range || one.bound !== null || one.unclaimed !== null)) return null;
  const scale = last.scale;
  const parts = list.map((one) => (one.base === "plain" && last.base !== "plain" ? lend(one, last, scale) : one));
  if (!parts.every((part) => comparable(part, quantity)) || (act === "total" && list.length < 2)) return null;
  const span = compute(
    act,
    parts.map((part) => part.span),
  );
  return span === null ? null : [verdict(report, { quantity, span, act, parts, decides: true })];
}

/** `1, 2 and 3 s`: bare figures borrow the unit of the last. */
function lend(one: Quantity, last: Quantity, scale: Quantity["scale"]): Quantity {
  const by = (value: Quantity["value"]): Quantity["value"] => ({ n: value.n * scale.n, d: value.d * scale.d });
  const half = { n: scale.n, d: scale.d * 2n };
  const decimals = BigInt(one.digits.includes(".") ? one.digits.length - one.digits.indexOf(".") - 1 : 0);
  const slack = { n: half.n, d: half.d * 10n ** decimals };
  const value = by(one.value);
  const span = {
    low: { n: value.n * slack.d - slack.n * value.d, d: value.d * slack.d },
    high: { n: value.n * slack.d + slack.n * value.d, d: value.d * slack.d },
  };
  return { ...one, value, span, base: last.base, unit: last.unit };
}

/** Runs of figures with only commas, slashes or "and" between them. */
function listsIn(own: readonly Quantity[], text: string): readonly (readonly Quantity[])[] {
  const runs: Quantity[][] = [];
  let before: Quantity | null = null;
  for (const one of own) {
    const between = before === null ? null : text.slice(before.end, one.at);
    const joined =
      between !== null &&
      /^(?:\s*(?:,|\/|·|\+)?\s*(?:and )?)[$€£]?$/.test(between) &&
      between.length > 1 &&
      !/^ $/.test(between);
    if (joined) runs.at(-1)?.push(one);
    else runs.push([one]);
    before = one;
  }
  return runs.filter((run) => run.length >= 2);
}

/** Words that name no subject of their own: "average 0.8 s per operation" speaks about the one table there is. */
const ofAnything =
  /^(?:average|averages|mean|avg|total|operation|call|request|item|row|time|latency|duration|write|overall|sum|value|result)$/;

function across(
  report: ReadReport,
  sentence: Sentence,
  { quantity, act, near }: { readonly quantity: Quantity; readonly act: Act; readonly near: readonly Series[] },
): readonly Finding[] {
  if (statisticIn(sentence.text)?.startsWith("p") === true || sentence.kind === "heading") return [];
  if (sentence.list !== null && kindOf(sentence.text) !== "data") return [];
  const words = subject(sentence.text);
  const fitting = near.filter((one) =>
    one.parts.every((part) => part.quantity.sentence !== sentence.index && comparable(part.quantity, quantity)),
  );
  const meant = fitting.filter(
    (one) => shared(words, one.subject).length > 0 || /\b(?:above|below|table|these|following)\b/i.test(sentence.text),
  );
  const plain =
    meant.length === 0 && fitting.length === 1 && words.every((word) => ofAnything.test(word)) ? fitting : meant;
  const [series] = plain;
  if (series === undefined || plain.length !== 1 || (act === "total" && !series.sums)) return [];
  if (act === "each") return withinRange(report, quantity, series);
  const subsets = [
    series.parts,
    series.parts.filter((part) => shared(part.label, words).length > 0),
    series.parts.filter((part) => shared(part.label, words).length === 0),
  ];
  for (const subset of subsets) {
    if (subset.length < 2) continue;
    const span = compute(
      act,
      subset.map((part) => part.quantity.span),
    );
    if (span !== null && fits(span, quantity, "cut"))
      return [verdict(report, { quantity, span, act, parts: subset.map((part) => part.quantity), decides: true })];
  }
  const span = compute(
    act,
    series.parts.map((part) => part.quantity.span),
  );
  if (span === null || quantity.bound !== null || quantity.range) return [];
  const wild =
    act === "total" && compare(quantity.span.high, span.low) < 0 && /\b(?:parallel|concurrent)/i.test(sentence.text);
  return wild
    ? []
    : [verdict(report, { quantity, span, act, parts: series.parts.map((part) => part.quantity), decides: true })];
}

/** "3–4 s each" above figures of which some lie outside. */
function withinRange(report: ReadReport, quantity: Quantity, series: Series): readonly Finding[] {
  const outside = series.parts
    .filter((part) => disjoint(part.quantity.span, quantity.span))
    .map((part) => part.quantity);
  if (outside.length === 0)
    return [
      aboutNumber(report, quantity, {
        outcome: "proven",
        because: `all ${series.parts.length} printed figures lie in it`,
        operands: series.parts.map((part) => operand(part.quantity)),
      }),
    ];
  return [
    aboutNumber(report, quantity, {
      outcome: "contradicted",
      because: `${outside.length} of the ${series.parts.length} printed figures lie outside`,
      operands: outside.map(operand),
    }),
  ];
}

function verdict(
  report: ReadReport,
  {
    quantity,
    span,
    act,
    parts,
  }: {
    readonly quantity: Quantity;
    readonly span: Span;
    readonly act: Act;
    readonly parts: readonly Quantity[];
    readonly decides: true;
  },
): Finding {
  const operands = parts.map(operand);
  if (fits(span, quantity, act === "mean" ? "cut" : "nearest"))
    return aboutNumber(report, quantity, {
      outcome: "proven",
      because: `it is the ${names[act]} of ${parts.length} printed figures`,
      operands,
    });
  return aboutNumber(report, quantity, {
    outcome: "contradicted",
    because: `the ${names[act]} of the ${parts.length} printed figures is ${inUnitOf(span, quantity)}`,
    operands,
  });
}
