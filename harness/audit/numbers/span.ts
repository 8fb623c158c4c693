// What a printed number may stand for: all values that its digits round to. Arithmetic on spans gives every value that the
// true numbers could have given, so a contradiction never rests on rounding.
import { add, compare, divide, greatest, least, multiply, ratio, subtract, zero, type Ratio } from "./ratio.ts";

export interface Span {
  readonly low: Ratio;
  readonly high: Ratio;
}

export function point(value: Ratio): Span {
  return { low: value, high: value };
}

export function around(value: Ratio, slack: Ratio): Span {
  return { low: subtract(value, slack), high: add(value, slack) };
}

export function addSpans(a: Span, b: Span): Span {
  return { low: add(a.low, b.low), high: add(a.high, b.high) };
}

export function subtractSpans(a: Span, b: Span): Span {
  return { low: subtract(a.low, b.high), high: subtract(a.high, b.low) };
}

export function multiplySpans(a: Span, b: Span): Span {
  const all = [a.low, a.high].flatMap((x) => [multiply(x, b.low), multiply(x, b.high)]);
  return hull(all);
}

/** Null when the divisor may be zero. */
export function divideSpans(a: Span, b: Span): Span | null {
  if (compare(b.low, zero) <= 0 && compare(b.high, zero) >= 0) return null;
  return hull([a.low, a.high].flatMap((x) => [divide(x, b.low), divide(x, b.high)]));
}

function hull(values: readonly Ratio[]): Span {
  const [first = zero, ...rest] = values;
  return { low: rest.reduce(least, first), high: rest.reduce(greatest, first) };
}

export function sumSpans(spans: readonly Span[]): Span {
  return spans.reduce(addSpans, point(zero));
}

/** Null for none. */
export function meanSpan(spans: readonly Span[]): Span | null {
  return divideSpans(sumSpans(spans), point(ratio(BigInt(spans.length))));
}

/** No value of one is a value of the other. */
export function disjoint(a: Span, b: Span): boolean {
  return compare(a.high, b.low) < 0 || compare(b.high, a.low) < 0;
}

export function middle(span: Span): Ratio {
  return divide(add(span.low, span.high), ratio(2n));
}
