// How much a decision may move. The wish is the conviction; limits cut it in a fixed order and every cut is written down.
// Weights are millionths of equity; quantities round toward the smaller order.
import type { Decision } from "../contracts/ballots.ts";
import { invariant } from "../contracts/invariant.ts";
import type { MicroUsd } from "../contracts/money.ts";

export interface Limits {
  /** Share of the full Kelly stake. For an even bet won with probability (1 + |conviction|)/2 full Kelly is |conviction|. */
  readonly kellyPpm: number;
  readonly perSymbolPpm: number;
  /** Sum of |position| over all symbols. */
  readonly grossPpm: number;
  /** Fee per side that must be left in cash. */
  readonly feePpm: number;
  readonly allowShort: boolean;
}

export const defaultLimits: Limits = {
  kellyPpm: 250_000,
  perSymbolPpm: 200_000,
  grossPpm: 1_000_000,
  feePpm: 2_000,
  allowShort: false,
};

export interface Clamp {
  readonly limit: "kelly" | "per-symbol" | "gross" | "short" | "cash";
  readonly beforePpm: number;
  readonly afterPpm: number;
  readonly limitPpm: number;
}
export interface SizedOrder {
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
}
export interface Sizing {
  /** Signed share of equity the symbol shall have. */
  readonly targetPpm: number;
  /** Empty when nothing is traded. */
  readonly orders: SizedOrder[];
  readonly clamps: Clamp[];
}

/** The account before the trade; `otherGrossMicroUsd` is Σ |position| without this symbol. */
export interface Holdings {
  readonly equityMicroUsd: MicroUsd;
  readonly cashMicroUsd: MicroUsd;
  /** Signed units of this symbol. */
  readonly quantity: number;
  readonly otherGrossMicroUsd: MicroUsd;
}

const whole = 1_000_000;

/** Orders and clamps for a decision at a price. Action `none`, or no equity: no order, no clamp. */
export function size(
  decision: Pick<Decision, "symbol" | "action" | "convictionPpm">,
  holdings: Holdings,
  priceMicroUsd: MicroUsd,
  limits: Limits = defaultLimits,
): Sizing {
  invariant(Number.isSafeInteger(priceMicroUsd) && priceMicroUsd > 0, "a price is whole micro-dollars above zero");
  if (decision.action === "none" || holdings.equityMicroUsd <= 0) return { targetPpm: 0, orders: [], clamps: [] };
  const clamps: Clamp[] = [];
  const sign = decision.action === "buy" ? 1 : -1;
  const weight = limited(Math.abs(decision.convictionPpm), sign, { holdings, priceMicroUsd, limits, clamps });
  const target = sign * unitsFor(weight, holdings.equityMicroUsd, priceMicroUsd);
  const change = (target - holdings.quantity) * sign;
  // A buy never sells and a sell never buys, even when the position is already larger than the target.
  const orders: SizedOrder[] = change > 0 ? [{ symbol: decision.symbol, side: decision.action, quantity: change }] : [];
  return { targetPpm: weight === 0 ? 0 : sign * weight, orders, clamps };
}

interface Context {
  readonly holdings: Holdings;
  readonly priceMicroUsd: MicroUsd;
  readonly limits: Limits;
  readonly clamps: Clamp[];
}

function limited(conviction: number, sign: 1 | -1, context: Context): number {
  const { holdings, limits, clamps } = context;
  const cut = (limit: Clamp["limit"], beforePpm: number, limitPpm: number): number => {
    const afterPpm = Math.min(beforePpm, Math.max(0, limitPpm));
    if (afterPpm < beforePpm) clamps.push({ limit, beforePpm, afterPpm, limitPpm });
    return afterPpm;
  };
  let weight = cut("kelly", conviction, Math.floor((conviction * limits.kellyPpm) / whole));
  weight = cut("per-symbol", weight, limits.perSymbolPpm);
  weight = cut("gross", weight, limits.grossPpm - share(holdings.otherGrossMicroUsd, holdings.equityMicroUsd));
  if (sign < 0) return limits.allowShort ? weight : cut("short", weight, 0);
  return cut("cash", weight, affordable(context));
}

/** Largest weight whose purchase, fee included, the cash pays for. */
function affordable({ holdings, priceMicroUsd, limits }: Context): number {
  const held = holdings.quantity * priceMicroUsd;
  const spendable = (BigInt(Math.max(0, holdings.cashMicroUsd)) * BigInt(whole)) / BigInt(whole + limits.feePpm);
  return share(held + Number(spendable), holdings.equityMicroUsd);
}

/** part/whole in millionths, rounded down. */
function share(part: MicroUsd, equity: MicroUsd): number {
  const scaled = BigInt(part) * BigInt(whole);
  const quotient = scaled / BigInt(equity);
  return Number(scaled % BigInt(equity) < 0n ? quotient - 1n : quotient);
}

function unitsFor(weightPpm: number, equity: MicroUsd, price: MicroUsd): number {
  return Number((BigInt(equity) * BigInt(weightPpm)) / (BigInt(whole) * BigInt(price)));
}
