// Equations that the report writes out: `10 sandboxes × 8 h × $0.05/h = $4.00`. Both sides are computed with units; sides
// of different dimensions are left alone, because one of them was misread.
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { divide } from "../numbers/ratio.ts";
import { addSpans, divideSpans, multiplySpans, subtractSpans, type Span } from "../numbers/span.ts";
import { aboutNumber, fits, inUnitOf, operand } from "./lint.ts";

interface Term {
  readonly span: Span;
  /** Powers of second, byte and money; null when a unit is unknown. */
  readonly powers: readonly [number, number, number] | null;
  /** Value as printed, for sums of bare figures. */
  readonly raw: Span;
}

type Token =
  | { readonly kind: "number"; readonly quantity: Quantity }
  | { readonly kind: "sign"; readonly sign: string };

export function equationFindings(report: ReadReport): readonly Finding[] {
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (own.length < 3 || own.length > 80 || !/[=≈→]/.test(sentence.text)) return [];
    return chains(sentence, own).flatMap((chain) => chainFindings(report, chain));
  });
}

/** Figures and signs without a break between them. */
function chains(sentence: Sentence, own: readonly Quantity[]): readonly (readonly Token[])[] {
  const done: Token[][] = [];
  let now: Token[] = [];
  let from = Math.max(0, (own[0]?.at ?? 0) - 3);
  for (const quantity of own) {
    const gap = sentence.text.slice(from, quantity.at);
    const signs = signsIn(gap);
    if (now.length > 0 && signs === null) {
      done.push(now);
      now = [];
    }
    const lead =
      now.length === 0
        ? gap
            .slice(-3)
            .split("")
            .filter((char) => char === "(")
        : (signs ?? []);
    now.push(...lead.map((sign) => ({ kind: "sign" as const, sign })), { kind: "number", quantity });
    from = quantity.end;
  }
  const tail = /^\)+/.exec(sentence.text.slice(from).trimStart())?.[0] ?? "";
  now.push(...tail.split("").map((sign) => ({ kind: "sign" as const, sign })));
  return [...done, now];
}

/** The signs of a gap; null when it is prose, not arithmetic. */
function signsIn(gap: string): readonly string[] | null {
  if (/[,;:|.!?]/.test(gap) || gap.length > 60) return null;
  const signs = gap.match(/[+×*·÷=≈→()/]|(?<= )[-−–](?= )|(?<= )x(?= )/g) ?? [];
  const words = gap.match(/[\p{L}]{2,}/gu) ?? [];
  return signs.length === 0 || words.length > 3 ? null : signs;
}

function chainFindings(report: ReadReport, chain: readonly Token[]): readonly Finding[] {
  const sides: Token[][] = [[]];
  const joins: string[] = [];
  for (const token of chain) {
    if (token.kind === "sign" && "=≈→".includes(token.sign)) {
      joins.push(token.sign);
      sides.push([]);
    } else sides.at(-1)?.push(token);
  }
  return joins.flatMap((join, at) => {
    const left = sides[at] ?? [];
    const right = sides[at + 1] ?? [];
    const printed = right.find((token) => token.kind === "number")?.quantity;
    if (
      printed === undefined ||
      right.some((token) => token.kind === "sign" && !"()".includes(token.sign)) ||
      !left.some((token) => token.kind === "sign" && !"()".includes(token.sign))
    )
      return [];
    return judge(report, { left, printed, join });
  });
}

function judge(
  report: ReadReport,
  { left, printed, join }: { readonly left: readonly Token[]; readonly printed: Quantity; readonly join: string },
): readonly Finding[] {
  const value = evaluate(left);
  if (value === null || value.powers === null) return [];
  const wanted = powersOf(printed);
  if (wanted === null) return [];
  const bare = value.powers.every((power) => power === 0);
  const same = value.powers.every((power, at) => power === wanted[at]);
  if (!same && !bare) return [];
  const scale = { low: printed.scale, high: printed.scale };
  const choices = same
    ? [value.span, ...(bare ? [multiplySpans(value.raw, scale)] : [])]
    : [multiplySpans(value.raw, scale)];
  const operands = left.flatMap((token) => (token.kind === "number" ? [operand(token.quantity)] : []));
  const [first] = choices;
  if (first === undefined) return [];
  if (choices.some((choice) => fits(choice, printed, "cut")))
    return [aboutNumber(report, printed, { outcome: "proven", because: "the written equation holds", operands })];
  // `40 frames × 10 rows = 116 ms`: counts of things are no time, whatever the sign says.
  const named = left.some((token) => token.kind === "number" && token.quantity.noun !== "");
  return join === "=" && (same || !named)
    ? [
        aboutNumber(report, printed, {
          outcome: "contradicted",
          because: `the left side is ${inUnitOf(first, printed)}`,
          operands,
        }),
      ]
    : [];
}

export function powersOf(quantity: Quantity): readonly [number, number, number] | null {
  const own: [number, number, number] = [0, 0, 0];
  if (quantity.base === "time") own[0] = 1;
  if (quantity.base === "bytes") own[1] = 1;
  if (quantity.base === "money") own[2] = 1;
  if (quantity.per === "") return own;
  if (/(?:second|sec|s|min|minute|h|hr|hour|day|d)s?$/.test(quantity.per))
    return /^\/(?:g|m|k)/.test(quantity.per) ? null : [own[0] - 1, own[1], own[2]];
  // A price per call or per creation counts; its dimension is that of the money.
  return own;
}

/** Sums of products with parentheses. */
function evaluate(tokens: readonly Token[]): Term | null {
  let at = 0;
  const peek = (): string | null => {
    const token = tokens[at];
    return token?.kind === "sign" ? token.sign : null;
  };
  const atom = (): Term | null => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return null;
    if (token.kind === "number") {
      const { quantity } = token;
      const inverse = { low: quantity.scale, high: quantity.scale };
      return {
        span: quantity.span,
        powers: powersOf(quantity),
        raw: { low: divide(quantity.span.low, inverse.low), high: divide(quantity.span.high, inverse.high) },
      };
    }
    if (token.sign !== "(") return null;
    const inside = sum();
    if (peek() !== ")") return null;
    at += 1;
    return inside;
  };
  const product = (): Term | null => {
    let left = atom();
    while (left !== null && /[×*·÷/x]/.test(peek() ?? " ")) {
      const sign = peek() ?? "";
      at += 1;
      const right = atom();
      left = right === null ? null : combine(left, right, sign);
    }
    return left;
  };
  const sum = (): Term | null => {
    let left = product();
    while (left !== null && /[-+−–]/.test(peek() ?? " ")) {
      const sign = peek() ?? "";
      at += 1;
      const right = product();
      left = right === null ? null : combine(left, right, sign);
    }
    return left;
  };
  const value = sum();
  return at === tokens.length ? value : null;
}

function combine(a: Term, b: Term, sign: string): Term | null {
  if (a.powers === null || b.powers === null) return null;
  if (/[-+−–]/.test(sign)) {
    if (!a.powers.every((power, at) => power === b.powers?.[at])) return null;
    const act = sign === "+" ? addSpans : subtractSpans;
    return { span: act(a.span, b.span), raw: act(a.raw, b.raw), powers: a.powers };
  }
  const over = sign === "÷" || sign === "/";
  const act = over ? divideSpans : multiplySpans;
  const [span, raw] = [act(a.span, b.span), act(a.raw, b.raw)];
  const turn = over ? -1 : 1;
  const powers = [
    a.powers[0] + turn * b.powers[0],
    a.powers[1] + turn * b.powers[1],
    a.powers[2] + turn * b.powers[2],
  ] as const;
  return span === null || raw === null ? null : { span, raw, powers };
}
