// The z-score of the close as a spring: enter far from the mean, leave near it.
import { zScore } from "../../market/indicators/bands.ts";
import { at } from "../../market/indicators/blank.ts";
import { decimal, whole, type Strategy } from "../strategy.ts";

export const zRevert: Strategy = {
  id: "z-revert",
  aliases: ["z-score"],
  title: "Z-score, both sides",
  params: {
    period: whole(60, 2, 500, "bars of the mean and deviation, the current one included"),
    enter: decimal(1.5, 0.1, 10, "enter beyond this many deviations"),
    exit: decimal(0.5, 0, 10, "leave within this many deviations"),
  },
  exclusiveOrders: false,
  prepare({ close }, { period = 60, enter = 1.5, exit = 0.5 }) {
    const z = zScore(close, period);
    return {
      firstIndicatorBar: period - 1,
      columns: [z],
      decide(bar, side) {
        const value = at(z, bar);
        if (side === 1) return value >= -exit ? "close" : "none";
        if (side === -1) return value <= exit ? "close" : "none";
        if (value < -enter) return "buy";
        return value > enter ? "sell" : "none";
      },
    };
  },
};
