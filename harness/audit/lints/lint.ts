// The shape of a lint, and how findings are made: each names its operands, so that a reader can redo the arithmetic.
import type { ReadReport } from "../extract/read-report.ts";
import { mostQuoted } from "../limits.ts";
import type { Finding, Outcome, Quantity, Sentence } from "../model.ts";
import { ratioText } from "../numbers/ratio.ts";
import { disjoint, middle, type Span } from "../numbers/span.ts";
import { divide, ratio, subtract, add, zero } from "../numbers/ratio.ts";
import { shown } from "../parse/inline.ts";

export interface Lint {
  readonly name: string;
  /** One sentence without figures: what it refuses and why. */
  readonly refuses: string;
  /** What evidence would prove such a claim. */
  readonly wanted: string;
  readonly find: (report: ReadReport) => readonly Finding[];
}

export function quote(text: string): string {
  const plain = shown(text).trim();
  return plain.length <= mostQuoted ? plain : `${plain.slice(0, mostQuoted - 1)}…`;
}

export function aboutNumber(
  report: ReadReport,
  quantity: Quantity,
  what: { readonly outcome: Outcome; readonly because: string; readonly operands?: readonly string[] },
): Finding {
  const sentence = report.sentenceOf(quantity);
  return {
    outcome: what.outcome,
    quantity,
    line: quantity.line,
    text: quantity.text,
    sentence: quote(sentence.text),
    because: what.because,
    operands: what.operands ?? [],
  };
}

export function aboutPhrase(
  sentence: Pick<Sentence, "line" | "text">,
  phrase: string,
  what: { readonly outcome: Outcome; readonly because: string; readonly operands?: readonly string[] },
): Finding {
  return {
    outcome: what.outcome,
    quantity: null,
    line: sentence.line,
    text: quote(phrase),
    sentence: quote(sentence.text),
    because: what.because,
    operands: what.operands ?? [],
  };
}

/** `27.2 ms (line 12)` */
export function operand(quantity: Quantity): string {
  return `${quantity.text} (line ${quantity.line})`;
}

/** Does a computed span fit what was printed? A quotient may also have been cut off instead of rounded. */
export function fits(computed: Span, printed: Quantity, rounding: "nearest" | "cut" = "nearest"): boolean {
  const half = divide(printed.digit, ratio(2n));
  const span =
    rounding === "nearest"
      ? printed.span
      : { low: subtract(printed.span.low, half), high: add(printed.span.high, half) };
  if (rounding === "cut" && printed.digit.n !== zero.n) {
    // One whole unit away is another figure.
    return !disjoint(computed, { low: add(span.low, tiny(printed)), high: subtract(span.high, tiny(printed)) });
  }
  return !disjoint(computed, span);
}

function tiny(printed: Quantity): Quantity["digit"] {
  return divide(printed.digit, ratio(1_000_000n));
}

/** A computed value in the unit of a printed one. */
export function inUnitOf(computed: Span, printed: Quantity): string {
  const text = ratioText(divide(middle(computed), printed.scale), 4);
  const unit = printed.base === "money" ? "" : printed.unit;
  return `${printed.base === "money" ? printed.unit : ""}${text}${unit === "" ? "" : ` ${unit}`}${printed.per}`;
}

/** Same dimension, so that a sum or a comparison means something. */
export function comparable(a: Quantity, b: Quantity): boolean {
  if ((a.per === "") !== (b.per === "")) return false;
  if (a.base === b.base) return a.base !== "money" || a.unit === b.unit;
  const counts = ["plain", "count"];
  return counts.includes(a.base) && counts.includes(b.base);
}
