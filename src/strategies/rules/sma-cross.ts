// Two moving means: the fast one crossing the slow one says which side to be on.
import { sma } from "../../market/indicators/averages.ts";
import { crossesAbove } from "../cross.ts";
import { whole, type Strategy } from "../strategy.ts";

const params = {
  fast: whole(10, 1, 500, "bars of the fast mean"),
  slow: whole(20, 2, 1_000, "bars of the slow mean"),
};

export const smaCrossReverse: Strategy = {
  id: "sma-cross-reverse",
  aliases: ["sma-cross", "sma_cross", "trend_follower"],
  title: "Moving means, always long or short",
  params,
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare({ close }, { fast = 10, slow = 20 }) {
    const [quick, lazy] = [sma(close, fast), sma(close, slow)];
    return {
      firstIndicatorBar: Math.max(fast, slow) - 1,
      decide(bar) {
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
      decide(bar, side) {
        if (side === 0) return crossesAbove(quick, lazy, bar) ? "buy" : "none";
        return side === 1 && crossesAbove(lazy, quick, bar) ? "close" : "none";
      },
    };
  },
};
