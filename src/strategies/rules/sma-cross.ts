// Two moving means: the fast one crossing the slow one says which side to be on. The variants differ in how they enter.
import type { Candles } from "../../contracts/candles.ts";
import { sma } from "../../market/indicators/averages.ts";
import { at } from "../../market/indicators/blank.ts";
import { meanCrosses } from "../../market/indicators/mean-crosses.ts";
import { crossesAbove } from "../cross.ts";
import { decimal, whole, type Decision, type Params, type PreparedStrategy, type Strategy } from "../strategy.ts";

const params = {
  fast: whole(10, 1, 500, "bars of the fast mean"),
  slow: whole(20, 2, 1_000, "bars of the slow mean"),
};

/** `entry` turns a cross on a bar into what is asked for. */
function onCross(entry: (side: "buy" | "sell", close: number, params: Params) => Decision): Strategy["prepare"] {
  return ({ close }: Candles, given: Params): PreparedStrategy => {
    const { fast = 10, slow = 20 } = given;
    const [quick, lazy] = [sma(close, fast), sma(close, slow)];
    return {
      firstIndicatorBar: Math.max(fast, slow) - 1,
      columns: [quick, lazy],
      decide(bar) {
        if (crossesAbove(quick, lazy, bar)) return entry("buy", at(close, bar), given);
        return crossesAbove(lazy, quick, bar) ? entry("sell", at(close, bar), given) : "none";
      },
    };
  };
}

export const smaCrossReverse: Strategy = {
  id: "sma-cross-reverse",
  aliases: ["sma-cross", "sma_cross", "trend_follower"],
  title: "Moving means, always long or short",
  params,
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare({ close }, { fast = 10, slow = 20 }) {
    // A run reads the codes; the means are wanted where decisions are looked at one by one. Whoever wants one rarely wants both.
    let codes: Uint8Array | undefined;
    let means: readonly [Float64Array, Float64Array] | undefined;
    const both = (): readonly [Float64Array, Float64Array] => (means ??= [sma(close, fast), sma(close, slow)]);
    return {
      firstIndicatorBar: slow - 1,
      get columns() {
        return both();
      },
      get codes() {
        return (codes ??= meanCrosses(close, fast, slow));
      },
      decide(bar) {
        const [quick, lazy] = both();
        if (crossesAbove(quick, lazy, bar)) return "buy";
        return crossesAbove(lazy, quick, bar) ? "sell" : "none";
      },
    };
  },
};

export const smaCrossLong: Strategy = {
  id: "sma-cross-long",
  aliases: [],
  title: "Moving means, long or flat",
  params,
  ordered: ["fast", "slow"],
  exclusiveOrders: false,
  prepare({ close }, { fast = 10, slow = 20 }) {
    const [quick, lazy] = [sma(close, fast), sma(close, slow)];
    return {
      firstIndicatorBar: Math.max(fast, slow) - 1,
      columns: [quick, lazy],
      decide(bar, side) {
        if (side === 0) return crossesAbove(quick, lazy, bar) ? "buy" : "none";
        return side === 1 && crossesAbove(lazy, quick, bar) ? "close" : "none";
      },
    };
  },
};

export const smaCrossCloseOpen: Strategy = {
  id: "sma-cross-close-open",
  aliases: [],
  title: "Moving means, close the position, then order the other side",
  params: { ...params, slow: whole(30, 2, 1_000, "bars of the slow mean") },
  ordered: ["fast", "slow"],
  exclusiveOrders: false,
  prepare: onCross((side) => ({ side, closeFirst: true })),
};

export const smaCrossBracket: Strategy = {
  id: "sma-cross-bracket",
  aliases: [],
  title: "Moving means, always long or short, with stop and target from the signal's close",
  params: {
    ...params,
    stopPct: decimal(5, 0.01, 99, "stop, percent from the signal bar's close"),
    targetPct: decimal(10, 0.01, 99, "target, percent from the signal bar's close"),
  },
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare: onCross((side, close, { stopPct = 5, targetPct = 10 }) => {
    const sign = side === "buy" ? 1 : -1;
    return {
      side,
      stopLoss: close * (1 - (sign * stopPct) / 100),
      takeProfit: close * (1 + (sign * targetPct) / 100),
    };
  }),
};

const away = { awayPct: decimal(1, 0.01, 50, "percent from the signal bar's close to the order") };

export const smaCrossLimit: Strategy = {
  id: "sma-cross-limit",
  aliases: [],
  title: "Moving means, entry limit on the better side of the signal's close",
  params: { ...params, ...away },
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare: onCross((side, close, { awayPct = 1 }) => {
    return { side, limit: close * (1 - ((side === "buy" ? 1 : -1) * awayPct) / 100) };
  }),
};

export const smaCrossStop: Strategy = {
  id: "sma-cross-stop",
  aliases: [],
  title: "Moving means, entry stop beyond the signal's close",
  params: { ...params, ...away },
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare: onCross((side, close, { awayPct = 1 }) => {
    return { side, stop: close * (1 + ((side === "buy" ? 1 : -1) * awayPct) / 100) };
  }),
};
