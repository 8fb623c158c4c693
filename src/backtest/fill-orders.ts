// One bar against the queue. A pass tries the orders as they stood at its start; a bracketed market order that fills earns one
// more pass on the same bar, so that its stop and target are live over the whole of it, the stop first.
import type { Candles } from "../contracts/candles.ts";
import { invariant } from "../contracts/invariant.ts";
import { at } from "../market/indicators/blank.ts";
import { availableAt, enter, leave, type Account } from "./account.ts";
import { fillPrice, isMarket } from "./fill-price.ts";
import { cancelDay, cancelGroup, cancelOf, compact, queueBracket, type Order } from "./order-queue.ts";
import { affordable, entryPriceOf, unitCostOf, unitsOf } from "./size-order.ts";
import type { Slip } from "./slip.ts";

export interface Venue {
  readonly account: Account;
  readonly queue: Order[];
  readonly candles: Candles;
  /** The queue as it stood when a pass began; one list for all passes. */
  readonly standing: Order[];
  /** null = orders fill at their price. */
  readonly slip: Slip | null;
}

export function fillOrders(venue: Venue, bar: number): void {
  const { queue } = venue;
  if (pass(venue, bar)) pass(venue, bar);
  if (queue.length === 0) return;
  cancelDay(queue);
  compact(queue);
}

/** True when a bracketed market order was filled. */
function pass(venue: Venue, bar: number): boolean {
  const { account, queue, candles, standing } = venue;
  let bracketed = false;
  standing.length = 0;
  for (let place = 0; place < queue.length; place += 1) {
    const order = queue[place];
    if (order !== undefined) standing.push(order);
  }
  for (let place = 0; place < standing.length; place += 1) {
    const order = standing[place];
    if (order === undefined || !order.live) continue;
    const price = fillPrice(account.config, order, candles, bar);
    if (Number.isNaN(price)) continue;
    const market = isMarket(order);
    const dated = market && account.config.tradeOnClose ? bar - 1 : bar;
    order.live = false;
    if (order.trade !== null) {
      leave(account, order.trade, slipped(venue, order, price, order.trade.units, dated), dated);
      cancelOf(queue, order.trade);
      continue;
    }
    const opened = fillEntry(venue, order, price, bar, dated);
    if (order.terms === null) continue;
    if (order.terms.group !== 0) cancelGroup(queue, order.terms.group);
    bracketed ||= opened && market && isBracketed(order.terms);
  }
  compact(queue);
  return bracketed;
}

function isBracketed({ stopLoss, takeProfit, trailPct }: NonNullable<Order["terms"]>): boolean {
  return !(Number.isNaN(stopLoss) && Number.isNaN(takeProfit) && Number.isNaN(trailPct));
}

/** The price after slippage. A limit or target keeps its own; nothing fills outside the bar it is dated on. */
function slipped({ slip, candles, account }: Venue, order: Order, price: number, units: number, dated: number): number {
  if (account.config.mode === "reference") return price;
  const [low, high] = [at(candles.low, dated), at(candles.high, dated)];
  invariant(price >= low && price <= high, `a fill at ${price} lies within its bar, ${low} to ${high}`);
  if (slip === null || (order.terms !== null && !Number.isNaN(order.terms.limit))) return price;
  const worse = price * (1 + Math.sign(order.size) * slip(units, at(candles.volume, dated)));
  return Math.min(high, Math.max(low, worse));
}

/** True when something was opened. */
function fillEntry(venue: Venue, order: Order, price: number, bar: number, dated: number): boolean {
  return venue.account.config.mode === "product"
    ? fillAtProduct(venue, order, price, dated)
    : fillAtReference(venue, order, price, at(venue.candles.close, bar), dated);
}

/** Sized with the later close of the bar as the mark, and with the fee of the size as it was given. */
function fillAtReference(venue: Venue, order: Order, price: number, mark: number, dated: number): boolean {
  const { account } = venue;
  const entryPrice = entryPriceOf(account, order.size, price);
  const unit = unitCostOf(account, order.size, price, entryPrice);
  const units = unitsOf(account, order.size, unit, mark, 0);
  if (units === 0) return false;
  const rest = reduceAgainst(venue, units, price, dated);
  if (rest === 0 || !affordable(account, rest, unit, mark)) return false;
  open(venue, order, rest, entryPrice, dated);
  return true;
}

/** Sized with the fill price as the mark, and with the fee that is really paid. */
function fillAtProduct(venue: Venue, order: Order, price: number, dated: number): boolean {
  const { account } = venue;
  const { fixed } = account.config.commission;
  const rate = 1 + account.costRate;
  const wish = unitsOf(account, order.size, price * rate, price, fixed);
  if (wish === 0) return false;
  const entryPrice = slipped(venue, order, price, wish, dated);
  const units = unitsOf(account, order.size, entryPrice * rate, entryPrice, fixed);
  if (units === 0) return false;
  const rest = reduceAgainst(venue, units, entryPrice, dated);
  const needed = Math.abs(rest) * entryPrice * rate + fixed;
  if (rest === 0 || needed > availableAt(account, entryPrice) * account.leverage) return false;
  open(venue, order, rest, entryPrice, dated);
  return true;
}

function open({ account, queue }: Venue, { terms }: Order, units: number, price: number, dated: number): void {
  const trade = enter(account, units, price, dated);
  if (terms === null) return;
  queueBracket(queue, trade, terms, account.config.bracketFrom === "fill" ? price / terms.decidedAt : 1);
}

/** Closes open trades of the other side, oldest first, and returns what is left to open. */
function reduceAgainst({ account, queue }: Venue, units: number, price: number, dated: number): number {
  let rest = units;
  if (account.open.length === 0) return rest;
  for (const trade of account.open.slice()) {
    if (rest === 0 || Math.sign(trade.units) === Math.sign(rest)) continue;
    const part = Math.abs(trade.units) <= Math.abs(rest) ? trade.units : -rest;
    if (leave(account, trade, price, dated, part)) cancelOf(queue, trade);
    rest += part;
  }
  return rest;
}
