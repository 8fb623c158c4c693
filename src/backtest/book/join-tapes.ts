// Tapes on the days that all of them have. Nothing is carried forward into a day that a symbol did not trade.
import type { Candles } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { at } from "../../market/indicators/blank.ts";

/** The same candles with only the bars whose time occurs in every series. Throws `market.range` when none does. */
export function joinCandles(series: readonly Candles[]): readonly Candles[] {
  const common = series.reduce<ReadonlySet<number> | null>((kept, { t }) => {
    return new Set(Array.from(t).filter((time) => kept === null || kept.has(time)));
  }, null);
  if (common === null || common.size === 0) {
    throw new SwarmError("market.range", "Cannot join the series: no day occurs in all of them", {
      hint: "Choose symbols and dates that overlap",
    });
  }
  return series.map((candles) => {
    const bars = Array.from(candles.t.keys()).filter((bar) => common.has(at(candles.t, bar)));
    const pick = (column: Float64Array): Float64Array => Float64Array.from(bars, (bar) => at(column, bar));
    return {
      t: pick(candles.t),
      open: pick(candles.open),
      high: pick(candles.high),
      low: pick(candles.low),
      close: pick(candles.close),
      volume: pick(candles.volume),
    };
  });
}
