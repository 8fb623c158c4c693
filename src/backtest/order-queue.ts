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

const plain = { limit: NaN, stop: NaN, stopLoss: NaN, takeProfit: NaN };

export function queueEntry(queue: Order[], size: number, entry: Entry): void {
  const { limit = NaN, stop = NaN, stopLoss = NaN, takeProfit = NaN } = entry;
  queue.push({ kind: "entry", size, limit, stop, stopLoss, takeProfit, trade: null, live: true });
}

export function queueClose(queue: Order[], trade: OpenTrade): void {
  queue.unshift({ ...plain, kind: "close", size: -Math.sign(trade.units), trade, live: true });
}

/** Stop and target of a trade just opened; NaN leaves one out. */
export function queueBracket(queue: Order[], trade: OpenTrade, stopLoss: number, takeProfit: number): void {
  const size = -Math.sign(trade.units);
  if (!Number.isNaN(takeProfit)) {
    trade.target = { ...plain, kind: "target", size, limit: takeProfit, trade, live: true };
    queue.push(trade.target);
  }
  if (!Number.isNaN(stopLoss)) {
    trade.stop = { ...plain, kind: "stop", size, stop: stopLoss, trade, live: true };
    queue.unshift(trade.stop);
  }
}

export function remove(queue: Order[], order: Order): void {
  order.live = false;
  const place = queue.indexOf(order);
  if (place >= 0) queue.splice(place, 1);
}

/** Everything that belongs to a trade that has ended. */
export function removeOf(queue: Order[], trade: OpenTrade): void {
  for (const order of queue.filter((one) => one.trade === trade)) remove(queue, order);
}

/** Everything but stops and targets: what an exclusive entry cancels. */
export function removePending(queue: Order[]): void {
  for (const order of queue.filter((one) => one.kind === "entry" || one.kind === "close")) remove(queue, order);
}
