// Whether an order fills on a bar, and at which price: the table of docs/decisions/0040-trading.md.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import type { EngineConfig } from "./engine-config.ts";
import type { Order } from "./order-queue.ts";

export function isMarket(order: Order): boolean {
  return Number.isNaN(order.limit) && Number.isNaN(order.stop);
}

/** NaN when the order does not fill on this bar. A stop-limit whose stop is touched becomes a limit order. */
export function fillPrice(config: EngineConfig, order: Order, candles: Candles, bar: number): number {
  const open = at(candles.open, bar);
  const buys = order.size > 0;
  if (!Number.isNaN(order.stop)) {
    const hit = buys ? at(candles.high, bar) >= order.stop : at(candles.low, bar) <= order.stop;
    if (!hit) return NaN;
    const price = buys ? Math.max(open, order.stop) : Math.min(open, order.stop);
    if (Number.isNaN(order.limit) || (buys ? price <= order.limit : price >= order.limit)) return price;
    // Where in the bar the limit would be reached after the stop is not known: it waits from the next bar on.
    order.stop = NaN;
    return NaN;
  }
  if (!Number.isNaN(order.limit)) {
    const hit = buys ? at(candles.low, bar) <= order.limit : at(candles.high, bar) >= order.limit;
    if (!hit) return NaN;
    return buys ? Math.min(open, order.limit) : Math.max(open, order.limit);
  }
  return config.tradeOnClose ? at(candles.close, bar - 1) : open;
}
