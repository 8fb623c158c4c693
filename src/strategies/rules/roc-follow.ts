// Follows the sign of the change over n bars.
import { at } from "../../market/indicators/blank.ts";
import { roc } from "../../market/indicators/change.ts";
import { whole, type Strategy } from "../strategy.ts";

export const rocFollow: Strategy = {
  id: "roc-follow",
  aliases: ["roc"],
  title: "Rate of change, always long or short",
  params: { period: whole(20, 1, 1_000, "bars of the change") },
  exclusiveOrders: true,
  prepare({ close }, { period = 20 }) {
    const change = roc(close, period);
    return {
      firstIndicatorBar: period,
      columns: [change],
      decide(bar, side) {
        const value = at(change, bar);
        if (value > 0 && side !== 1) return "buy";
        return value < 0 && side !== -1 ? "sell" : "none";
      },
    };
  },
};
