// Whether an order fills on a bar, and at which price: the table of docs/decisions/0040-trading.md.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import type { EngineConfig } from "./engine-config.ts";
import type { Order, OrderTerms } from "./order-queue.ts";

/** Without a price of its own. */
export function isMarket({ terms }: Order): boolean {
  return terms === null || (Number.isNaN(terms.limit) && Number.isNaN(terms.stop));
}

/** NaN when the order does not fill on this bar. A stop-limit whose stop is touched becomes a limit order. */
export function fillPrice(config: EngineConfig, order: Order, candles: Candles, bar: number): number {
  const { terms } = order;
  if (terms === null || isMarket(order)) {
    return config.tradeOnClose ? at(candles.close, bar - 1) : at(candles.open, bar);
  }
  return pricedFill(terms, order.size > 0, candles, bar);
}

function pricedFill(terms: OrderTerms, buys: boolean, candles: Candles, bar: number): number {
  const open = at(candles.open, bar);
  if (!Number.isNaN(terms.stop)) {
    const hit = buys ? at(candles.high, bar) >= terms.stop : at(candles.low, bar) <= terms.stop;
    if (!hit) return NaN;
    const price = buys ? Math.max(open, terms.stop) : Math.min(open, terms.stop);
    if (Number.isNaN(terms.limit) || (buys ? price <= terms.limit : price >= terms.limit)) return price;
    // Where in the bar the limit would be reached after the stop is not known: it waits from the next bar on.
    terms.stop = NaN;
    return NaN;
  }
  const hit = buys ? at(candles.low, bar) <= terms.limit : at(candles.high, bar) >= terms.limit;
  if (!hit) return NaN;
  return buys ? Math.min(open, terms.limit) : Math.max(open, terms.limit);
}
