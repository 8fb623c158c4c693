// The floor: the same strategy as one loop over typed arrays, with running sums, whole units, costs and equity, and nothing else.
// It knows one strategy and one kind of order; what an engine adds is measured against it.
import type { Candles } from "../../src/contracts/candles.ts";

export interface BareResult {
  readonly trades: number;
  readonly finalEquity: number;
}

const wholeAccount = 1 - 2 ** -52;

/** Fast above slow: all long; below: all short; decided at the close, filled at the next open. */
export function bareLoop(candles: Candles, fast: number, slow: number, cash: number, rate: number): BareResult {
  const { open, close } = candles;
  const equity = new Float64Array(close.length);
  const profit = new Float64Array(close.length);
  let [quick, lazy, quickBefore, lazyBefore] = [0, 0, NaN, NaN];
  let [money, units, entry, wanted, trades] = [cash, 0, 0, 0, 0];
  for (let bar = 0; bar < close.length; bar += 1) {
    const price = open[bar] ?? NaN;
    const last = close[bar] ?? NaN;
    if (wanted !== 0) {
      if (units !== 0) {
        const gross = units * (price - entry);
        money += gross - Math.abs(units) * price * rate;
        profit[trades] = gross;
        trades += 1;
        units = 0;
      }
      units = wanted * Math.floor((Math.max(0, money) * wholeAccount) / (price + price * rate));
      entry = price;
      money -= Math.abs(units) * price * rate;
      wanted = 0;
    }
    equity[bar] = money + units * (last - entry);
    quick += last - (bar >= fast ? (close[bar - fast] ?? NaN) : 0);
    lazy += last - (bar >= slow ? (close[bar - slow] ?? NaN) : 0);
    const [quickMean, lazyMean] = [quick / fast, lazy / slow];
    if (bar >= slow) {
      if (quickBefore < lazyBefore && quickMean > lazyMean) wanted = 1;
      else if (quickBefore > lazyBefore && quickMean < lazyMean) wanted = -1;
    }
    quickBefore = quickMean;
    lazyBefore = lazyMean;
  }
  return { trades, finalEquity: equity[equity.length - 1] ?? NaN };
}
