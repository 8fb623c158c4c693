// Bars [0, bars) in consecutive parts that differ by at most one bar.
import type { Stretch } from "../../strategies/decide-part.ts";

/** At most `parts` stretches, fewer when there are fewer bars; together they cover every bar once. */
export function splitBars(bars: number, parts: number): readonly Stretch[] {
  const count = Math.min(bars, parts);
  return Array.from({ length: count }, (_, place) => ({
    from: Math.floor((bars * place) / count),
    to: Math.floor((bars * (place + 1)) / count),
  }));
}
