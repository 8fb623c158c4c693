// The stretches of time people ask about, until now, in whole minutes: the leaders write down what ended minute by minute.
const hourMs = 3_600_000;
const minuteMs = 60_000;
const hours = { "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720 } as const;

export type TimeRange = keyof typeof hours;

/** When the range began, ms since 1970. */
export function startOf(range: TimeRange, toMs: number): number {
  return Math.floor((toMs - hours[range] * hourMs) / minuteMs) * minuteMs;
}
