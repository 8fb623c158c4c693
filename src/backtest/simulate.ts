// Replays a tape bar by bar: fill what is pending, take the equity at the close, decide. What is decided on a bar can fill no
// earlier than on the next one, and nothing decided on the last bar ever fills.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { equityAt, leave, openAccount, positionOf, type Account } from "./account.ts";
import {
  wholeAccount,
  type Decide,
  type Desk,
  type EngineConfig,
  type Entry,
  type Simulation,
} from "./engine-config.ts";
import { fillOrders } from "./fill-orders.ts";
import { queueClose, queueEntry, removePending, type Order } from "./order-queue.ts";

/** `firstDecisionBar` is the first bar that is processed at all; earlier equity repeats its value. */
export function simulate(candles: Candles, firstDecisionBar: number, config: EngineConfig, decide: Decide): Simulation {
  const bars = candles.close.length;
  const account = openAccount(config);
  const queue: Order[] = [];
  const desk = deskOf(account, queue);
  const equity = new Float64Array(bars);
  let bustBar = -1;
  for (let bar = firstDecisionBar; bar < bars; bar += 1) {
    fillOrders(account, queue, candles, bar);
    const value = equityAt(account, at(candles.close, bar));
    if (value <= 0) {
      bustBar = bar;
      closeAll(account, at(candles.close, bar), bar);
      account.cash = 0;
      break;
    }
    equity[bar] = value;
    decide(bar, desk);
  }
  equity.fill(firstDecisionBar < bars ? at(equity, firstDecisionBar) : config.cash, 0, firstDecisionBar);
  if (config.finalizeTrades && bustBar < 0 && account.open.length > 0) {
    closeAll(account, at(candles.open, bars - 1), bars - 1);
    equity[bars - 1] = account.cash;
  }
  const last = at(candles.close, bars - 1);
  const open = account.open.map(({ units, entryBar, entryPrice }) => {
    return { size: units, entryBar, entryPrice, unrealised: units * (last - entryPrice) };
  });
  return { equity, trades: account.closed, open, finalCash: account.cash, firstDecisionBar, bustBar };
}

function closeAll(account: Account, price: number, bar: number): void {
  for (const trade of account.open.slice()) leave(account, trade, price, bar);
}

function deskOf(account: Account, queue: Order[]): Desk {
  const closeOpen = (): void => {
    for (const trade of account.open) queueClose(queue, trade);
  };
  const place = (sign: 1 | -1, entry: Entry): void => {
    if (account.config.exclusiveOrders) {
      removePending(queue);
      closeOpen();
    }
    queueEntry(queue, sign * (entry.size ?? wholeAccount), entry);
  };
  return {
    position: () => positionOf(account),
    pending: () => queue.length,
    buy: (entry = {}) => place(1, entry),
    sell: (entry = {}) => place(-1, entry),
    close: closeOpen,
  };
}
