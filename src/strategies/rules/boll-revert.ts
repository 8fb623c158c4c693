// Bollinger bands as a spring: enter outside a band, leave at the middle.
import { bollinger } from "../../market/indicators/bands.ts";
import { at } from "../../market/indicators/blank.ts";
import { decimal, whole, type Strategy } from "../strategy.ts";

const params = {
  period: whole(20, 2, 500, "bars of the mean and deviation"),
  k: decimal(2, 0.1, 10, "standard deviations from the mean to a band"),
};

export const bollRevert: Strategy = {
  id: "boll-revert",
  aliases: ["mean-reversion", "mean_reversion", "bollinger"],
  title: "Bollinger bands, both sides",
  params,
  exclusiveOrders: false,
  prepare({ close }, { period = 20, k = 2 }) {
    const bands = bollinger(close, period, k);
    return {
      firstIndicatorBar: period - 1,
      columns: [bands.upper, bands.lower],
      decide(bar, side) {
        const price = at(close, bar);
        if (side === 1) return price >= at(bands.middle, bar) ? "close" : "none";
        if (side === -1) return price <= at(bands.middle, bar) ? "close" : "none";
        if (price < at(bands.lower, bar)) return "buy";
        return price > at(bands.upper, bar) ? "sell" : "none";
      },
    };
  },
};

export const bollRevertLong: Strategy = {
  id: "boll-revert-long",
  aliases: [],
  title: "Bollinger bands, long or flat",
  params,
  exclusiveOrders: false,
  prepare(candles, given) {
    const both = bollRevert.prepare(candles, given);
    return {
      ...both,
      decide(bar, side) {
        const wanted = both.decide(bar, side);
        return wanted === "sell" ? "none" : wanted;
      },
    };
  },
};
