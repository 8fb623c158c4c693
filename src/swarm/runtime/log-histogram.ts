// Durations counted in buckets whose bounds grow by the eighth root of two: a quantile read from them is at most 9.1 % above
// the true one and never below it, in a few hundred numbers for any count. Buckets of two histograms can be added.

/** Bucket number -> count. Bucket i holds what is above 2^((i-1)/8) and at most 2^(i/8). */
export type Buckets = Readonly<Record<string, number>>;

const perOctave = 8;
const leastMs = 0.001;

export function bucketOf(ms: number): number {
  return Math.ceil(Math.log2(Math.max(ms, leastMs)) * perOctave - 1e-9);
}

/** The upper bound of the bucket in which the ceil(q n)-th smallest lies (nearest rank), ms; null of nothing. */
export function quantileOf(buckets: Buckets, q: number): number | null {
  const rows = Object.entries(buckets).map(([bucket, count]) => [Number(bucket), count] as const);
  const n = rows.reduce((sum, [, count]) => sum + count, 0);
  if (n === 0) return null;
  let left = Math.max(1, Math.ceil(q * n - 1e-9));
  for (const [bucket, count] of rows.toSorted(([a], [b]) => a - b)) {
    left -= count;
    if (left <= 0) return 2 ** (bucket / perOctave);
  }
  return null;
}

export function added(a: Buckets, b: Buckets): Buckets {
  const sum: Record<string, number> = { ...a };
  for (const [bucket, count] of Object.entries(b)) sum[bucket] = (sum[bucket] ?? 0) + count;
  return sum;
}
