// The yardstick: buy once, never sell.
import type { Strategy } from "../strategy.ts";

export const buyHold: Strategy = {
  id: "buy-hold",
  aliases: ["buy_and_hold", "hold"],
  title: "Buy and hold",
  params: {},
  exclusiveOrders: false,
  prepare: () => ({ firstIndicatorBar: 0, decide: (_bar, side) => (side === 0 ? "buy" : "none") }),
};
