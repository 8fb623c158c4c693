// The MACD line crossing its signal says which side to be on.
import { macd } from "../../market/indicators/macd.ts";
import { crossesAbove } from "../cross.ts";
import { whole, type Strategy } from "../strategy.ts";

export const macdCross: Strategy = {
  id: "macd-cross",
  aliases: ["macd"],
  title: "MACD against its signal, always long or short",
  params: {
    fast: whole(12, 2, 500, "bars of the fast mean"),
    slow: whole(26, 3, 1_000, "bars of the slow mean"),
    signal: whole(9, 1, 500, "bars of the signal"),
  },
  ordered: ["fast", "slow"],
  exclusiveOrders: true,
  prepare({ close }, { fast = 12, slow = 26, signal = 9 }) {
    const lines = macd(close, fast, slow, signal);
    return {
      firstIndicatorBar: slow + signal - 2,
      columns: [lines.line, lines.signal],
      decide(bar) {
        if (crossesAbove(lines.line, lines.signal, bar)) return "buy";
        return crossesAbove(lines.signal, lines.line, bar) ? "sell" : "none";
      },
    };
  },
};
