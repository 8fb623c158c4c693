// What dependent readings are worth, by the textbook definitions in exact fractions. Law: measurement §5.4. Shares nothing
// with the court's whole-number shortcuts; the two must give the same integers.

interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

const zero: Fraction = { top: 0n, bottom: 1n };
const one: Fraction = { top: 1n, bottom: 1n };

function fraction(top: bigint, bottom: bigint): Fraction {
  let x = top < 0n ? -top : top;
  let y = bottom < 0n ? -bottom : bottom;
  while (y > 0n) [x, y] = [y, x % y];
  const sign = bottom < 0n ? -1n : 1n;
  return x === 0n ? zero : { top: (sign * top) / x, bottom: (sign * bottom) / x };
}
const plus = (a: Fraction, b: Fraction): Fraction => fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { top: -b.top, bottom: b.bottom });
const times = (a: Fraction, b: Fraction): Fraction => fraction(a.top * b.top, a.bottom * b.bottom);
const over = (a: Fraction, b: Fraction): Fraction => fraction(a.top * b.bottom, a.bottom * b.top);
const whole = (value: number | bigint): Fraction => ({ top: BigInt(value), bottom: 1n });
const floor = (a: Fraction): bigint => a.top / a.bottom;

function meanOf(values: readonly number[]): Fraction {
  let total = 0n;
  for (const value of values) total += BigInt(value);
  return fraction(total, BigInt(values.length));
}

/** Σ (x − mean)² over one group. */
function squaresAround(values: readonly number[], mean: Fraction): Fraction {
  let total = 0n;
  for (const value of values) {
    const deviation = BigInt(value) * mean.bottom - mean.top;
    total += deviation * deviation;
  }
  return fraction(total, mean.bottom * mean.bottom);
}

/** ⌊n ÷ (1 + (m̃ − 1)·ICC)⌋ with ANOVA's ICC for unequal groups and Kish's m̃ = Σm² ÷ n. */
export function worthOfGroups(groups: readonly (readonly number[])[]): number {
  const n = groups.reduce((total, group) => total + group.length, 0);
  const c = groups.length;
  if (n === c) return n;
  if (c === 1) return 1;
  const grand = meanOf(groups.flat());
  let between = zero;
  let within = zero;
  let squares = 0;
  for (const group of groups) {
    const mean = meanOf(group);
    const away = minus(mean, grand);
    between = plus(between, times(whole(group.length), times(away, away)));
    within = plus(within, squaresAround(group, mean));
    squares += group.length ** 2;
  }
  const msb = over(between, whole(c - 1));
  const msw = over(within, whole(n - c));
  const typical = over(minus(whole(n), fraction(BigInt(squares), BigInt(n))), whole(c - 1));
  const scale = plus(msb, times(minus(typical, one), msw));
  if (scale.top <= 0n || minus(msb, msw).top <= 0n) return n;
  const icc = over(minus(msb, msw), scale);
  const effect = plus(one, times(minus(fraction(BigInt(squares), BigInt(n)), one), icc));
  return Math.max(1, Number(floor(over(whole(n), effect))));
}

/** 1, or ⌈(1 + ρ) ÷ (1 − ρ)⌉ when the lag-1 correlation ρ is above one fifth. */
export function thinning(values: readonly number[]): number {
  const n = values.length;
  // From Σx, Σx² and Σxy over neighbours: n·Σ(x−m)² = n·Σx² − (Σx)², and n²·Σ(x−m)(y−m) likewise with the two ends taken off.
  let total = 0n;
  let squares = 0n;
  let products = 0n;
  let before = 0n;
  for (const value of values) {
    const x = BigInt(value);
    total += x;
    squares += x * x;
    products += before * x;
    before = x;
  }
  const size = BigInt(n);
  const spread = size * (size * squares - total * total);
  if (spread <= 0n) return 1;
  const ends = BigInt(values[0] ?? 0) + before;
  const joint = size * size * products - size * total * (2n * total - ends) + (size - 1n) * total * total;
  if (joint * 5n <= spread) return 1;
  return Number((spread + joint + (spread - joint) - 1n) / (spread - joint));
}
