// Twelve months' change without the last month: long while it is positive, flat otherwise.
import { at } from "../../market/indicators/blank.ts";
import { momentum } from "../../market/indicators/change.ts";
import { whole, type Strategy } from "../strategy.ts";

export const momentum12Less1: Strategy = {
  id: "momentum-12-1",
  aliases: ["momentum"],
  title: "Twelve months less one, long or flat",
  params: {
    lookback: whole(252, 2, 2_000, "bars back to the first price"),
    skip: whole(21, 0, 500, "bars back to the last price"),
  },
  ordered: ["skip", "lookback"],
  exclusiveOrders: false,
  prepare({ close }, { lookback = 252, skip = 21 }) {
    const change = momentum(close, lookback, skip);
    return {
      firstIndicatorBar: lookback,
      columns: [change],
      decide(bar, side) {
        const value = at(change, bar);
        if (side === 0) return value > 0 ? "buy" : "none";
        return value <= 0 ? "close" : "none";
      },
    };
  },
};
