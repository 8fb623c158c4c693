// How many units an order is for: a fraction of the available margin in whole units, or as many as it says.
import { availableAt, feeOf, type Account } from "./account.ts";

/** Price of an entry in reference mode: the spread worsens it. */
export function entryPriceOf({ config }: Account, size: number, price: number): number {
  return size > 0 ? price * (1 + config.spread) : price * (1 - config.spread);
}

/** What one unit binds in reference mode: its price and its part of the fee of the size as it was given. */
export function unitCostOf(account: Account, size: number, price: number, entryPrice: number): number {
  const given = Math.abs(size);
  return entryPrice + feeOf(account, given, price) / given;
}

/** Signed whole units; 0 when none is affordable. `reserved` is money that is kept for a fixed fee. */
export function unitsOf(account: Account, size: number, unit: number, mark: number, reserved: number): number {
  if (Math.abs(size) >= 1) return size;
  const money = availableAt(account, mark) * account.leverage * Math.abs(size) - reserved;
  return money <= 0 ? 0 : Math.sign(size) * floorQuotient(money, unit);
}

export function affordable(account: Account, units: number, unit: number, mark: number): boolean {
  return Math.abs(units) * unit <= availableAt(account, mark) * account.leverage;
}

/** floor(a/b), exact where the rounded quotient would be one too large. */
function floorQuotient(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}
