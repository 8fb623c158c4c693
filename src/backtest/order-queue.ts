// Orders in the order they are tried: new ones at the back, closes and stop-losses at the front. Good till cancelled, unless an
// order says that it lives for one bar. A plain market order carries no terms: most orders are plain, and every number that an
// object holds costs an allocation.
import type { OpenTrade } from "./account.ts";
import type { Entry } from "./engine-config.ts";

/** NaN = none. */
export interface OrderTerms {
  readonly limit: number;
  /** NaN = none, or no longer: a stop-limit whose stop was touched waits for its limit. A trailing stop moves. */
  stop: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  /** Distance of a trailing stop in percent. */
  readonly trailPct: number;
  /** The close on which an entry was decided. */
  readonly decidedAt: number;
  readonly day: boolean;
  /** 0 = none. */
  readonly group: number;
}

export interface Order {
  readonly kind: "entry" | "close" | "stop" | "target";
  /** Signed; a fraction of the available margin when |size| < 1, else units. For the other kinds only the sign counts. */
  readonly size: number;
  /** null = a plain market order. */
  readonly terms: OrderTerms | null;
  /** The trade a close, stop or target belongs to. */
  readonly trade: OpenTrade | null;
  live: boolean;
}

const none: OrderTerms = {
  limit: NaN,
  stop: NaN,
  stopLoss: NaN,
  takeProfit: NaN,
  trailPct: NaN,
  decidedAt: NaN,
  day: false,
  group: 0,
};

function exitOrder(kind: "close" | "stop" | "target", trade: OpenTrade, terms: OrderTerms | null): Order {
  return { kind, size: trade.units > 0 ? -1 : 1, terms, trade, live: true };
}

/** `entry` null = at the market, without terms. */
export function queueEntry(queue: Order[], size: number, entry: Entry | null, decidedAt: number): void {
  queue.push({
    kind: "entry",
    size,
    terms: entry === null ? null : termsOf(entry, decidedAt),
    trade: null,
    live: true,
  });
}

function termsOf(entry: Entry, decidedAt: number): OrderTerms {
  const { limit = NaN, stop = NaN, stopLoss = NaN, takeProfit = NaN, trailPct = NaN, day = false, group = 0 } = entry;
  return { limit, stop, stopLoss, takeProfit, trailPct, decidedAt, day, group };
}

export function queueClose(queue: Order[], trade: OpenTrade): void {
  toFront(queue, exitOrder("close", trade, null));
}

/** Most queues are empty, and pushing is several times cheaper than shifting. */
function toFront(queue: Order[], order: Order): void {
  if (queue.length === 0) queue.push(order);
  else queue.unshift(order);
}

/** Target, stop and trailing stop of a trade just opened; prices are moved by the factor `moved`. */
export function queueBracket(queue: Order[], trade: OpenTrade, terms: OrderTerms, moved: number): void {
  const { stopLoss, takeProfit, trailPct } = terms;
  if (!Number.isNaN(takeProfit)) queue.push(exitOrder("target", trade, { ...none, limit: takeProfit * moved }));
  if (!Number.isNaN(trailPct)) {
    const stop = trailed(trade, trade.entryPrice, trailPct);
    toFront(queue, exitOrder("stop", trade, { ...none, stop, trailPct }));
  }
  if (!Number.isNaN(stopLoss)) toFront(queue, exitOrder("stop", trade, { ...none, stop: stopLoss * moved }));
}

/** The trailing stop after the best price `best` was seen. */
function trailed(trade: OpenTrade, best: number, trailPct: number): number {
  return best * (1 - (Math.sign(trade.units) * trailPct) / 100);
}

/** Moves trailing stops after a bar whose range was [low, high], never back. */
export function moveTrails(queue: readonly Order[], low: number, high: number): void {
  for (const { trade, terms } of queue) {
    if (trade === null || terms === null || Number.isNaN(terms.trailPct)) continue;
    const long = trade.units > 0;
    const moved = trailed(trade, long ? high : low, terms.trailPct);
    terms.stop = long ? Math.max(terms.stop, moved) : Math.min(terms.stop, moved);
  }
}

/** What belongs to a trade that has ended. Orders that are not live leave the queue when the pass is over: `compact`. */
export function cancelOf(queue: readonly Order[], trade: OpenTrade): void {
  for (let place = 0; place < queue.length; place += 1) {
    const order = queue[place];
    if (order !== undefined && order.trade === trade) order.live = false;
  }
}

/** The waiting entries of a group. */
export function cancelGroup(queue: readonly Order[], group: number): void {
  for (const order of queue) if (order.terms?.group === group) order.live = false;
}

/** Orders that live for one bar. */
export function cancelDay(queue: readonly Order[]): void {
  for (const order of queue) if (order.terms?.day === true) order.live = false;
}

/** Drops what is not live, in place and in order. */
export function compact(queue: Order[]): void {
  let kept = 0;
  for (let place = 0; place < queue.length; place += 1) {
    const order = queue[place];
    if (order === undefined || !order.live) continue;
    queue[kept] = order;
    kept += 1;
  }
  queue.length = kept;
}

/** Everything but stops and targets: what an exclusive entry cancels. */
export function removePending(queue: Order[]): void {
  if (queue.length === 0) return;
  for (const order of queue) if (order.kind === "entry" || order.kind === "close") order.live = false;
  compact(queue);
}
