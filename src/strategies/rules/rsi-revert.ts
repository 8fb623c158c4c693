// Relative strength as a spring: enter at an extreme, leave at the middle.
import { at } from "../../market/indicators/blank.ts";
import { rsi } from "../../market/indicators/rsi.ts";
import { decimal, whole, type Strategy } from "../strategy.ts";

const common = {
  period: whole(14, 2, 200, "bars of the strength index"),
  enterBelow: decimal(30, 0, 100, "buy when flat and below"),
};

export const rsiRevertLong: Strategy = {
  id: "rsi-revert-long",
  aliases: ["rsi"],
  title: "Strength index, long or flat",
  params: { ...common, exitAbove: decimal(50, 0, 100, "close when above") },
  exclusiveOrders: false,
  prepare({ close }, { period = 14, enterBelow = 30, exitAbove = 50 }) {
    const strength = rsi(close, period);
    return {
      firstIndicatorBar: period,
      columns: [strength],
      decide(bar, side) {
        const value = at(strength, bar);
        if (side === 0) return value < enterBelow ? "buy" : "none";
        return value > exitAbove ? "close" : "none";
      },
    };
  },
};

export const rsiRevert: Strategy = {
  id: "rsi-revert",
  aliases: [],
  title: "Strength index, both sides",
  params: {
    ...common,
    enterAbove: decimal(70, 0, 100, "sell short when flat and above"),
    exit: decimal(50, 0, 100, "close a long at or above, a short at or below"),
  },
  exclusiveOrders: false,
  prepare({ close }, { period = 14, enterBelow = 30, enterAbove = 70, exit = 50 }) {
    const strength = rsi(close, period);
    return {
      firstIndicatorBar: period,
      columns: [strength],
      decide(bar, side) {
        const value = at(strength, bar);
        if (side === 1) return value >= exit ? "close" : "none";
        if (side === -1) return value <= exit ? "close" : "none";
        if (value < enterBelow) return "buy";
        return value > enterAbove ? "sell" : "none";
      },
    };
  },
};
