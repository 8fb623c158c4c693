// What holding costs per day: borrow cost on what shorts are worth, interest on what longs are worth beyond the equity. Product
// mode only, marked at the close before.
import type { Candles } from "../contracts/candles.ts";
import { at } from "../market/indicators/blank.ts";
import { equityAt, type Account } from "./account.ts";

const yearMs = 365 * 86_400_000;

/** Takes the cost of the time between `bar - 1` and `bar` from cash. */
export function chargeFinancing(account: Account, candles: Candles, bar: number): void {
  const { config, open } = account;
  if (open.length === 0 || bar === 0) return;
  const price = at(candles.close, bar - 1);
  const years = (at(candles.t, bar) - at(candles.t, bar - 1)) / yearMs;
  let [long, short] = [0, 0];
  for (const { units } of open) {
    if (units > 0) long += units * price;
    else short -= units * price;
  }
  const borrowed = Math.max(0, long - Math.max(0, equityAt(account, price)));
  const cost = ((short * config.borrowPct + borrowed * config.interestPct) / 100) * years;
  account.cash -= cost;
  account.financing += cost;
}
