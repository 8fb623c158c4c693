// The design effect of clusters of any size, in whole numbers: ANOVA intra-class correlation with the size-adjusted mean
// cluster, Kish's mean cluster in the effect. With equal sizes it is 1 + (m − 1)·ICC. Law: measurement §5.4.

/** ⌊n / deff⌋, at least 1; n when no cluster holds two values. One cluster alone is worth one value. */
export function effectiveN(groups: readonly (readonly number[])[]): number {
  const sizes = groups.map((group) => BigInt(group.length));
  const c = BigInt(groups.length);
  const total = sum(sizes);
  if (total === c) return Number(total);
  if (c === 1n) return 1;
  const common = sizes.reduce((a, b) => (a * b) / gcd(a, b), 1n);
  const groupSums = groups.map((group) => sum(group.map(BigInt)));
  const between = sum(groupSums.map((value, index) => value * value * (common / (sizes[index] ?? 1n))));
  const grand = sum(groupSums);
  const squares = sum(groups.flat().map((value) => BigInt(value) * BigInt(value)));
  const ssBetween = between * total - grand * grand * common;
  const ssWithin = squares * common - between;
  const sizeSquares = sum(sizes.map((size) => size * size));
  const numerator = ssBetween * (total - c) - ssWithin * total * (c - 1n);
  const denominator = ssBetween * (total - c) + ssWithin * (total * total - sizeSquares - total * (c - 1n));
  if (numerator <= 0n || denominator <= 0n) return Number(total);
  const worth = (total * total * denominator) / (total * denominator + (sizeSquares - total) * numerator);
  return Math.max(1, Number(worth));
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => a + b, 0n);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
