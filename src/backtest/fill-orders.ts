// One bar against the queue. A pass tries the orders as they stood at its start; a bracketed market order that fills earns one
// more pass on the same bar, so that its stop and target are live over the whole of it, the stop first.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { availableAt, enter, feeOf, leave, type Account } from "./account.ts";
import { queueBracket, remove, removeOf, type Order } from "./order-queue.ts";

export function fillOrders(account: Account, queue: Order[], candles: Candles, bar: number): void {
  if (queue.length > 0 && pass(account, queue, candles, bar)) pass(account, queue, candles, bar);
}

/** True when a bracketed market order was filled. */
function pass(account: Account, queue: Order[], candles: Candles, bar: number): boolean {
  let bracketed = false;
  for (const order of queue.slice()) {
    if (!order.live) continue;
    const price = fillPrice(account, order, candles, bar);
    if (Number.isNaN(price)) continue;
    const market = Number.isNaN(order.limit) && Number.isNaN(order.stop);
    const dated = market && account.config.tradeOnClose ? bar - 1 : bar;
    remove(queue, order);
    if (order.trade !== null) {
      leave(account, order.trade, price, dated);
      removeOf(queue, order.trade);
      continue;
    }
    const opened = fillEntry(account, queue, order, { price, mark: at(candles.close, bar), dated });
    bracketed ||= opened && market && !(Number.isNaN(order.stopLoss) && Number.isNaN(order.takeProfit));
  }
  return bracketed;
}

/** NaN when the order does not fill on this bar. */
function fillPrice(account: Account, order: Order, candles: Candles, bar: number): number {
  const open = at(candles.open, bar);
  const buys = order.size > 0;
  if (!Number.isNaN(order.stop)) {
    const hit = buys ? at(candles.high, bar) >= order.stop : at(candles.low, bar) <= order.stop;
    if (!hit) return NaN;
    return buys ? Math.max(open, order.stop) : Math.min(open, order.stop);
  }
  if (!Number.isNaN(order.limit)) {
    const hit = buys ? at(candles.low, bar) <= order.limit : at(candles.high, bar) >= order.limit;
    if (!hit) return NaN;
    return buys ? Math.min(open, order.limit) : Math.max(open, order.limit);
  }
  return account.config.tradeOnClose ? at(candles.close, bar - 1) : open;
}

interface Fill {
  readonly price: number;
  readonly mark: number;
  readonly dated: number;
}

function fillEntry(account: Account, queue: Order[], order: Order, { price, mark, dated }: Fill): boolean {
  const { config } = account;
  const entryPrice = order.size > 0 ? price * (1 + config.spread) : price * (1 - config.spread);
  const given = Math.abs(order.size);
  const unit = entryPrice + feeOf(config, given, price) / given;
  const units = unitsOf(account, order.size, unit, mark);
  if (units === 0) return false;
  const rest = reduceAgainst(account, queue, units, price, dated);
  if (rest === 0 || Math.abs(rest) * unit > availableAt(account, mark) / config.margin) return false;
  const trade = enter(account, rest, entryPrice, dated);
  queueBracket(queue, trade, order.stopLoss, order.takeProfit);
  return true;
}

function unitsOf(account: Account, size: number, unit: number, mark: number): number {
  if (Math.abs(size) >= 1) return size;
  const money = (availableAt(account, mark) / account.config.margin) * Math.abs(size);
  return Math.sign(size) * floorQuotient(money, unit);
}

/** floor(a/b), exact where the rounded quotient would be one too large. */
function floorQuotient(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}

/** Closes open trades of the other side, oldest first, and returns what is left to open. */
function reduceAgainst(account: Account, queue: Order[], units: number, price: number, dated: number): number {
  let rest = units;
  for (const trade of account.open.slice()) {
    if (rest === 0 || Math.sign(trade.units) === Math.sign(rest)) continue;
    const part = Math.abs(trade.units) <= Math.abs(rest) ? trade.units : -rest;
    if (leave(account, trade, price, dated, part)) removeOf(queue, trade);
    rest += part;
  }
  return rest;
}
