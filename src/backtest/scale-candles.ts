// Assets that trade in parts of a unit: prices of one tradable part, so that the engine counts whole ones.
import type { Candles } from "../contracts/candles.ts";

/** `unit` is the smallest tradable part, 1e-8 for a coin. Sizes come out in parts, prices per part, money as it is. */
export function scaleCandles(candles: Candles, unit: number): Candles {
  if (unit === 1) return candles;
  const times = (column: Float64Array): Float64Array => column.map((price) => price * unit);
  return {
    ...candles,
    open: times(candles.open),
    high: times(candles.high),
    low: times(candles.low),
    close: times(candles.close),
  };
}
