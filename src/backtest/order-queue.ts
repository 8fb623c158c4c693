// Orders in the order they are tried: new ones at the back, closes and stop-losses at the front. Good till cancelled, unless an
// order says that it lives for one bar.
import type { OpenTrade } from "./account.ts";
import type { Entry } from "./engine-config.ts";

export interface Order {
  readonly kind: "entry" | "close" | "stop" | "target";
  /** Signed; a fraction of the available margin when |size| < 1, else units. For the other kinds only the sign counts. */
  readonly size: number;
  /** NaN = none. */
  readonly limit: number;
  /** NaN = none, or no longer: a stop-limit whose stop was touched waits for its limit. A trailing stop moves. */
  stop: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  /** Distance in percent of a trailing stop; NaN = none. */
  readonly trailPct: number;
  /** The close on which an entry was decided; NaN for other kinds. */
  readonly decidedAt: number;
  readonly day: boolean;
  /** 0 = none. */
  readonly group: number;
  /** The trade a close, stop or target belongs to. */
  readonly trade: OpenTrade | null;
  live: boolean;
}

/** One literal, so that every order has the same hidden shape: spreads here cost half of a run. */
function exitOrder(
  kind: "close" | "stop" | "target",
  trade: OpenTrade,
  limit: number,
  stop: number,
  trailPct = NaN,
): Order {
  return {
    kind,
    size: trade.units > 0 ? -1 : 1,
    limit,
    stop,
    stopLoss: NaN,
    takeProfit: NaN,
    trailPct,
    decidedAt: NaN,
    day: false,
    group: 0,
    trade,
    live: true,
  };
}

export function queueEntry(queue: Order[], size: number, entry: Entry, decidedAt: number): void {
  const { limit = NaN, stop = NaN, stopLoss = NaN, takeProfit = NaN, trailPct = NaN, day = false, group = 0 } = entry;
  queue.push({
    kind: "entry",
    size,
    limit,
    stop,
    stopLoss,
    takeProfit,
    trailPct,
    decidedAt,
    day,
    group,
    trade: null,
    live: true,
  });
}

export function queueClose(queue: Order[], trade: OpenTrade): void {
  queue.unshift(exitOrder("close", trade, NaN, NaN));
}

/** Target, stop and trailing stop of a trade just opened; NaN leaves one out. */
export function queueBracket(
  queue: Order[],
  trade: OpenTrade,
  stopLoss: number,
  takeProfit: number,
  trailPct: number,
): void {
  if (!Number.isNaN(takeProfit)) queue.push(exitOrder("target", trade, takeProfit, NaN));
  if (!Number.isNaN(trailPct)) queue.unshift(exitOrder("stop", trade, NaN, trailed(trade, NaN, trailPct), trailPct));
  if (!Number.isNaN(stopLoss)) queue.unshift(exitOrder("stop", trade, NaN, stopLoss));
}

/** The trailing stop after the best price `best` was seen; from the entry price when it is NaN. */
function trailed(trade: OpenTrade, best: number, trailPct: number): number {
  const from = Number.isNaN(best) ? trade.entryPrice : best;
  return from * (1 - (Math.sign(trade.units) * trailPct) / 100);
}

/** Moves trailing stops after a bar whose range was [low, high], never back. */
export function moveTrails(queue: readonly Order[], low: number, high: number): void {
  for (const order of queue) {
    if (order.trade === null || Number.isNaN(order.trailPct)) continue;
    const long = order.trade.units > 0;
    const moved = trailed(order.trade, long ? high : low, order.trailPct);
    order.stop = long ? Math.max(order.stop, moved) : Math.min(order.stop, moved);
  }
}

export function remove(queue: Order[], order: Order): void {
  order.live = false;
  const place = queue.indexOf(order);
  if (place >= 0) queue.splice(place, 1);
}

/** Removes every order for which `wanted` holds. */
export function removeWhere(queue: Order[], wanted: (order: Order) => boolean): void {
  for (let place = queue.length - 1; place >= 0; place -= 1) {
    const order = queue[place];
    if (order === undefined || !wanted(order)) continue;
    order.live = false;
    queue.splice(place, 1);
  }
}

/** Everything that belongs to a trade that has ended. */
export function removeOf(queue: Order[], trade: OpenTrade): void {
  removeWhere(queue, (order) => order.trade === trade);
}

/** Everything but stops and targets: what an exclusive entry cancels. */
export function removePending(queue: Order[]): void {
  removeWhere(queue, ({ kind }) => kind === "entry" || kind === "close");
}
