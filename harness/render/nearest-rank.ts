// Display quantile: the value at rank ceil(n·q), always one that was observed. Null when there is none.

export interface Ranked {
  readonly ns: number;
  readonly censored: boolean;
}

export function nearestRank(sorted: readonly Ranked[], qPpm: number): Ranked | null {
  const rank = Math.ceil((sorted.length * qPpm) / 1_000_000);
  return sorted[Math.max(rank, 1) - 1] ?? null;
}
