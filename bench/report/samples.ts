// Samples by name in the order taken, and their quantiles.

export type Samples = Map<string, number[]>;

export function record(samples: Samples, name: string, value: number): void {
  const known = samples.get(name);
  if (known === undefined) samples.set(name, [value]);
  else known.push(value);
}

/** Nearest rank: the smallest value with at least `share` of all values at or below it. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
