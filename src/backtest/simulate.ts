// Replays a tape bar by bar: fill what is pending, take the equity at the close, decide. What is decided on a bar can fill no
// earlier than on the next one, and nothing decided on the last bar ever fills.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { equityAt, openAccount } from "./account.ts";
import { chargeFinancing } from "./charge-financing.ts";
import type { Decide, Desk, EngineConfig, Entry, Simulation } from "./engine-config.ts";
import { fillOrders, type Venue } from "./fill-orders.ts";
import { moveTrails, queueClose, queueEntry, removePending } from "./order-queue.ts";
import { closeAll, settle } from "./settle.ts";
import { slipOf } from "./slip.ts";

/** `firstDecisionBar` is the first bar that is processed at all; earlier equity repeats its value. */
export function simulate(candles: Candles, firstDecisionBar: number, config: EngineConfig, decide: Decide): Simulation {
  const venue = openVenue(candles, config);
  const { account } = venue;
  const equity = new Float64Array(candles.close.length);
  const bustBar = replay(venue, firstDecisionBar, decide, equity);
  return settle({ account, candles, equity, firstDecisionBar, bustBar });
}

function openVenue(candles: Candles, config: EngineConfig): Venue {
  const slip = config.mode === "product" ? slipOf(config.slippage) : null;
  return { account: openAccount(config), queue: [], standing: [], candles, slip };
}

/** Returns the bar on which equity reached zero, or -1. */
function replay(venue: Venue, first: number, decide: Decide, equity: Float64Array): number {
  const { account, queue, candles } = venue;
  const { close } = candles;
  const { config } = account;
  const financed = config.mode === "product" && (config.borrowPct > 0 || config.interestPct > 0);
  let now = first;
  const desk = deskOf(venue, () => at(close, now));
  for (let bar = first; bar < equity.length; bar += 1) {
    now = bar;
    if (financed) chargeFinancing(account, candles, bar);
    if (queue.length > 0) fillOrders(venue, bar);
    const value = equityAt(account, at(close, bar));
    if (value <= 0) {
      closeAll(account, at(close, bar), bar);
      account.cash = 0;
      return bar;
    }
    equity[bar] = value;
    if (queue.length > 0) moveTrails(queue, at(candles.low, bar), at(candles.high, bar));
    decide(bar, desk);
  }
  return -1;
}

function deskOf({ account, queue }: Venue, closeNow: () => number): Desk {
  const closeOpen = (): void => {
    for (const trade of account.open) queueClose(queue, trade);
  };
  const place = (sign: 1 | -1, entry?: Entry): void => {
    if (account.config.exclusiveOrders) {
      removePending(queue);
      closeOpen();
    }
    const size = sign * (entry?.size ?? account.config.size);
    if (entry === undefined) queueEntry(queue, size, null, NaN);
    else queueEntry(queue, size, entry, closeNow());
  };
  return {
    position: () => account.position,
    pending: () => queue.length,
    buy: (entry) => place(1, entry),
    sell: (entry) => place(-1, entry),
    close: closeOpen,
  };
}
