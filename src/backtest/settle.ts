// The end of a run: equity before the first decision, the last liquidation, and what is still open.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { leave, type Account } from "./account.ts";
import type { Simulation } from "./engine-config.ts";

export interface Ended {
  readonly account: Account;
  readonly candles: Candles;
  readonly equity: Float64Array;
  readonly firstDecisionBar: number;
  /** -1 = never. */
  readonly bustBar: number;
}

export function settle({ account, candles, equity, firstDecisionBar, bustBar }: Ended): Simulation {
  const { config } = account;
  const bars = equity.length;
  equity.fill(firstDecisionBar < bars ? at(equity, firstDecisionBar) : config.cash, 0, firstDecisionBar);
  if (config.finalizeTrades && bustBar < 0 && account.open.length > 0) {
    const last = config.mode === "product" ? candles.close : candles.open;
    closeAll(account, at(last, bars - 1), bars - 1);
    equity[bars - 1] = account.cash;
  }
  const last = at(candles.close, bars - 1);
  const open = account.open.map(({ units, entryBar, entryPrice }) => {
    return { size: units, entryBar, entryPrice, unrealised: units * (last - entryPrice) };
  });
  const { closed: trades, cash: finalCash, financing } = account;
  return { equity, trades, open, finalCash, financing, firstDecisionBar, bustBar };
}

export function closeAll(account: Account, price: number, bar: number): void {
  for (const trade of account.open.slice()) leave(account, trade, price, bar);
}
