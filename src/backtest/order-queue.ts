// Orders in the order they are tried: new ones at the back, closes and stop-losses at the front. Good till cancelled.
import type { OpenTrade } from "./account.ts";
import type { Entry } from "./engine-config.ts";

export interface Order {
  readonly kind: "entry" | "close" | "stop" | "target";
  /** Signed; a fraction of the available margin when |size| < 1, else units. For the other kinds only the sign counts. */
  readonly size: number;
  /** NaN = none. */
  readonly limit: number;
  readonly stop: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  /** The trade a close, stop or target belongs to. */
  readonly trade: OpenTrade | null;
  live: boolean;
}

/** One literal, so that every order has the same hidden shape: spreads here cost half of a run. */
function exitOrder(kind: "close" | "stop" | "target", trade: OpenTrade, limit: number, stop: number): Order {
  const size = trade.units > 0 ? -1 : 1;
  return { kind, size, limit, stop, stopLoss: NaN, takeProfit: NaN, trade, live: true };
}

export function queueEntry(queue: Order[], size: number, entry: Entry): void {
  const { limit = NaN, stop = NaN, stopLoss = NaN, takeProfit = NaN } = entry;
  queue.push({ kind: "entry", size, limit, stop, stopLoss, takeProfit, trade: null, live: true });
}

export function queueClose(queue: Order[], trade: OpenTrade): void {
  queue.unshift(exitOrder("close", trade, NaN, NaN));
}

/** Stop and target of a trade just opened; NaN leaves one out. */
export function queueBracket(queue: Order[], trade: OpenTrade, stopLoss: number, takeProfit: number): void {
  if (!Number.isNaN(takeProfit)) queue.push(exitOrder("target", trade, takeProfit, NaN));
  if (!Number.isNaN(stopLoss)) queue.unshift(exitOrder("stop", trade, NaN, stopLoss));
}

export function remove(queue: Order[], order: Order): void {
  order.live = false;
  const place = queue.indexOf(order);
  if (place >= 0) queue.splice(place, 1);
}

/** Everything that belongs to a trade that has ended. */
export function removeOf(queue: Order[], trade: OpenTrade): void {
  for (let place = queue.length - 1; place >= 0; place -= 1) drop(queue, place, queue[place]?.trade === trade);
}

/** Everything but stops and targets: what an exclusive entry cancels. */
export function removePending(queue: Order[]): void {
  for (let place = queue.length - 1; place >= 0; place -= 1) {
    const kind = queue[place]?.kind;
    drop(queue, place, kind === "entry" || kind === "close");
  }
}

function drop(queue: Order[], place: number, wanted: boolean): void {
  const order = queue[place];
  if (order === undefined || !wanted) return;
  order.live = false;
  queue.splice(place, 1);
}
