// A binomial tail between a lower and an upper bound, both whole numbers times one power of two. Every step rounds the lower one
// down and the upper one up, so the truth never leaves them; 256 bits keep them together for any n that fits in memory.
const bits = 256n;

interface Bounds {
  readonly low: bigint;
  readonly high: bigint;
  readonly power: bigint;
}

export interface Tail {
  /** Is P(X ≤ k) ≤ top / bottom? Null when the bounds do not tell. */
  readonly within: (alpha: { readonly top: bigint; readonly bottom: bigint }) => boolean | null;
  /** From P(X ≤ k) to P(X ≤ k + 1). */
  readonly next: () => void;
}

const up = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const shiftUp = (a: bigint, by: bigint): bigint => -(-a >> by);

function lengthOf(value: bigint): number {
  return value.toString(16).length * 4;
}

function product(one: Bounds, other: Bounds): Bounds {
  const low = one.low * other.low;
  const high = one.high * other.high;
  const spare = BigInt(lengthOf(high)) - bits;
  const power = one.power + other.power;
  if (spare <= 0n) return { low, high, power };
  return { low: low >> spare, high: shiftUp(high, spare), power: power + spare };
}

function toThe(base: Bounds, exponent: number): Bounds {
  let found: Bounds = { low: 1n, high: 1n, power: 0n };
  let factor = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) found = product(found, factor);
    factor = product(factor, factor);
  }
  return found;
}

/** Starts at P(X ≤ 0) = ((d − a) / d)ⁿ for X ~ Bin(n, a / d), 0 < a < d. */
export function openTail(n: number, a: bigint, d: bigint): Tail {
  const b = d - a;
  const start = toThe({ low: (b << bits) / d, high: up(b << bits, d), power: -bits }, n);
  let { low, high, power } = start;
  let sumLow = low;
  let sumHigh = high;
  let ceiling = 1n << (2n * bits);
  let i = 0;
  return {
    within: ({ top, bottom }) => {
      const left = power >= 0n ? bottom << power : bottom;
      const right = power >= 0n ? top : top << -power;
      if (sumHigh * left <= right) return true;
      return sumLow * left > right ? false : null;
    },
    next: () => {
      const more = BigInt(n - i) * a;
      const less = BigInt(i + 1) * b;
      low = (low * more) / less;
      high = up(high * more, less);
      sumLow += low;
      sumHigh += high;
      i += 1;
      if (sumHigh < ceiling) return;
      low >>= bits;
      high = shiftUp(high, bits);
      sumLow >>= bits;
      sumHigh = shiftUp(sumHigh, bits);
      power += bits;
    },
  };
}
