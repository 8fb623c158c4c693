// Exact fractions. Every comparison of printed numbers is made with these: a double would contradict 0.1 + 0.2 = 0.3.
export interface Ratio {
  readonly n: bigint;
  /** Above zero; the fraction is in lowest terms. */
  readonly d: bigint;
}

export const zero: Ratio = { n: 0n, d: 1n };
export const one: Ratio = { n: 1n, d: 1n };

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** `d` may be negative and must not be zero. */
export function ratio(n: bigint, d = 1n): Ratio {
  const sign = d < 0n ? -1n : 1n;
  const common = gcd(n, d * sign);
  return { n: (sign * n) / common, d: (sign * d) / common };
}

/** A decimal without separators, such as `-12.50`. */
export function decimal(text: string): Ratio {
  const [whole = "0", part = ""] = text.split(".");
  return ratio(BigInt(`${whole}${part}`), 10n ** BigInt(part.length));
}

export function add(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function multiply(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.n, a.d * b.d);
}

/** `b` must not be zero. */
export function divide(a: Ratio, b: Ratio): Ratio {
  return ratio(a.n * b.d, a.d * b.n);
}

export function compare(a: Ratio, b: Ratio): number {
  const left = a.n * b.d;
  const right = b.n * a.d;
  return left < right ? -1 : left > right ? 1 : 0;
}

export function least(a: Ratio, b: Ratio): Ratio {
  return compare(a, b) <= 0 ? a : b;
}

export function greatest(a: Ratio, b: Ratio): Ratio {
  return compare(a, b) >= 0 ? a : b;
}

/** Decimal text with at most `places` decimals, cut to nearest, without trailing zeros. */
export function ratioText(value: Ratio, places = 4): string {
  const scale = 10n ** BigInt(places);
  const doubled = (2n * value.n * scale) / value.d;
  const rounded = (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
  const digits = (rounded < 0n ? -rounded : rounded).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const part = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${rounded < 0n ? "-" : ""}${whole}${part === "" ? "" : `.${part}`}`;
}
