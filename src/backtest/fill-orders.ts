// One bar against the queue. A pass tries the orders as they stood at its start; a bracketed market order that fills earns one
// more pass on the same bar, so that its stop and target are live over the whole of it, the stop first.
import type { Candles } from "../contracts/candles.ts";
import { invariant } from "../contracts/invariant.ts";
import { at } from "../market/indicators/blank.ts";
import { availableAt, enter, feeOf, leave, type Account } from "./account.ts";
import { fillPrice, isMarket } from "./fill-price.ts";
import { queueBracket, remove, removeOf, removeWhere, type Order } from "./order-queue.ts";
import type { Slip } from "./slip.ts";

export interface Venue {
  readonly account: Account;
  readonly queue: Order[];
  readonly candles: Candles;
  /** null = orders fill at their price. */
  readonly slip: Slip | null;
}

export function fillOrders(venue: Venue, bar: number): void {
  if (pass(venue, bar)) pass(venue, bar);
  removeWhere(venue.queue, (order) => order.day);
}

/** True when a bracketed market order was filled. */
function pass(venue: Venue, bar: number): boolean {
  const { account, queue, candles } = venue;
  let bracketed = false;
  for (const order of queue.slice()) {
    if (!order.live) continue;
    const market = isMarket(order);
    const asked = fillPrice(account.config, order, candles, bar);
    if (Number.isNaN(asked)) continue;
    const dated = market && account.config.tradeOnClose ? bar - 1 : bar;
    remove(queue, order);
    if (order.trade !== null) {
      const price = slipped(venue, order, asked, order.trade.units, dated);
      leave(account, order.trade, price, dated);
      removeOf(queue, order.trade);
      continue;
    }
    const opened = fillEntry(venue, order, { price: asked, mark: at(candles.close, bar), dated });
    if (order.group !== 0) removeWhere(queue, ({ group }) => group === order.group);
    bracketed ||= opened && market && isBracketed(order);
  }
  return bracketed;
}

function isBracketed({ stopLoss, takeProfit, trailPct }: Order): boolean {
  return !(Number.isNaN(stopLoss) && Number.isNaN(takeProfit) && Number.isNaN(trailPct));
}

/** The price after slippage. A limit or target keeps its own; nothing fills outside the bar it is dated on. */
function slipped({ slip, candles, account }: Venue, order: Order, price: number, units: number, dated: number): number {
  if (account.config.mode === "reference") return price;
  const [low, high] = [at(candles.low, dated), at(candles.high, dated)];
  invariant(price >= low && price <= high, `a fill at ${price} lies within its bar, ${low} to ${high}`);
  if (slip === null || !Number.isNaN(order.limit)) return price;
  const worse = price * (1 + Math.sign(order.size) * slip(units, at(candles.volume, dated)));
  return Math.min(high, Math.max(low, worse));
}

interface Fill {
  readonly price: number;
  readonly mark: number;
  readonly dated: number;
}

/** What one unit binds, and the price it is entered at. */
interface Quote {
  readonly entryPrice: number;
  readonly unit: number;
  readonly units: number;
  readonly mark: number;
}

function fillEntry(venue: Venue, order: Order, fill: Fill): boolean {
  const { account, queue } = venue;
  const product = account.config.mode === "product";
  const { entryPrice, unit, units, mark } = product
    ? productQuote(venue, order, fill)
    : referenceQuote(account, order, fill);
  if (units === 0) return false;
  const rest = reduceAgainst(account, queue, units, product ? entryPrice : fill.price, fill.dated);
  if (rest === 0 || Math.abs(rest) * unit > availableAt(account, mark) * account.leverage) return false;
  const trade = enter(account, rest, entryPrice, fill.dated);
  const moved = account.config.bracketFrom === "fill" ? entryPrice / order.decidedAt : 1;
  queueBracket(queue, trade, order.stopLoss * moved, order.takeProfit * moved, order.trailPct);
  return true;
}

/** Sized with the later close of the bar as the mark, and with the fee of the size as it was given. */
function referenceQuote(account: Account, order: Order, { price, mark }: Fill): Quote {
  const { spread } = account.config;
  const entryPrice = order.size > 0 ? price * (1 + spread) : price * (1 - spread);
  const given = Math.abs(order.size);
  const unit = entryPrice + feeOf(account, given, price) / given;
  return { entryPrice, unit, units: unitsOf(account, order.size, unit, mark, 0), mark };
}

/** Sized with the fill price as the mark, and with the fee that is really paid. */
function productQuote(venue: Venue, order: Order, { price, dated }: Fill): Quote {
  const { account } = venue;
  const { fixed } = account.config.commission;
  const unitAt = (at: number): number => at * (1 + account.costRate);
  const wish = unitsOf(account, order.size, unitAt(price), price, fixed);
  const entryPrice = wish === 0 ? price : slipped(venue, order, price, wish, dated);
  const units = unitsOf(account, order.size, unitAt(entryPrice), entryPrice, fixed);
  const unit = units === 0 ? NaN : unitAt(entryPrice) + fixed / Math.abs(units);
  return { entryPrice, unit, units, mark: entryPrice };
}

/** `reserved` is money that is kept for a fixed fee. */
function unitsOf(account: Account, size: number, unit: number, mark: number, reserved: number): number {
  if (Math.abs(size) >= 1) return size;
  const money = availableAt(account, mark) * account.leverage * Math.abs(size) - reserved;
  return money <= 0 ? 0 : Math.sign(size) * floorQuotient(money, unit);
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
