// What dependent samples are worth. Law: measurement §5.4. The gate uses whole-number arithmetic only, so that two
// independent implementations cannot disagree about the last bit of a double.

/** Lag-1 autocorrelation in collection order and the effective n it leaves; display figures. */
export function autocorrelation(values: readonly number[]): { readonly rho1: number; readonly nEff: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let joint = 0;
  let own = 0;
  for (const [index, value] of values.entries()) {
    const next = values[index + 1];
    own += (value - mean) ** 2;
    if (next !== undefined) joint += (value - mean) * (next - mean);
  }
  const rho1 = own === 0 ? 0 : joint / own;
  return { rho1, nEff: (n * (1 - rho1)) / (1 + rho1) };
}

/** Above a lag-1 correlation of 0.2 only every ⌈(1+ρ)/(1−ρ)⌉-th sample may be judged; 1 otherwise. Exact on integers. */
export function autocorrelationStride(values: readonly number[]): number {
  const n = BigInt(values.length);
  const total = values.reduce((sum, value) => sum + BigInt(value), 0n);
  let joint = 0n;
  let own = 0n;
  let before: bigint | null = null;
  for (const value of values) {
    const deviation = BigInt(value) * n - total;
    own += deviation * deviation;
    if (before !== null) joint += before * deviation;
    before = deviation;
  }
  if (own === 0n || joint * 5n <= own) return 1;
  return Number((own + joint + (own - joint) - 1n) / (own - joint));
}

export function intraClassCorrelation(clusters: readonly (readonly number[])[]): number {
  const c = clusters.length;
  const m = clusters[0]?.length ?? 0;
  const means = clusters.map((cluster) => cluster.reduce((sum, value) => sum + value, 0) / m);
  const grand = means.reduce((sum, value) => sum + value, 0) / c;
  const between = (m * means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0)) / (c - 1);
  const squares = clusters.flatMap((cluster, index) => cluster.map((value) => (value - (means[index] ?? 0)) ** 2));
  const within = squares.reduce((sum, square) => sum + square, 0) / (c * (m - 1));
  const scale = between + (m - 1) * within;
  return scale === 0 ? 0 : Math.max(0, (between - within) / scale);
}

/** Design effect 1 + (m − 1)·icc and what `clusters` clusters of m samples are then worth. */
export function designEffect(
  perCluster: number,
  clusters: number,
  icc: number,
): { readonly deff: number; readonly nEff: number } {
  const deff = 1 + (perCluster - 1) * icc;
  return { deff, nEff: (perCluster * clusters) / deff };
}
