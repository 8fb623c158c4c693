// A strategy of one's own: buy when the close is above every close of the last `bars`, leave when it is below their mean.
// e2b-swarm backtest --strategy examples/strategies/breakout.ts --symbols AAPL --start 2014-01-02 --end 2017-12-29 --param bars=50
import type { UserStrategy } from "e2b-swarm";

export default {
  id: "breakout",
  title: "Above every close of a window, until below its mean",
  params: { bars: { default: 50, min: 2, max: 500, integer: true, doc: "bars of the window" } },
  prepare({ close }, { bars = 50 }) {
    const highest = close.map((_, at) => (at < bars ? NaN : Math.max(...close.subarray(at - bars, at))));
    const mean = close.map((_, at) => (at < bars ? NaN : close.subarray(at - bars, at).reduce((a, b) => a + b) / bars));
    return {
      firstIndicatorBar: bars,
      columns: [highest, mean],
      decide(bar, side) {
        if (side === 0) return (close[bar] ?? 0) > (highest[bar] ?? NaN) ? "buy" : "none";
        return (close[bar] ?? 0) < (mean[bar] ?? NaN) ? "close" : "none";
      },
    };
  },
} satisfies UserStrategy;
