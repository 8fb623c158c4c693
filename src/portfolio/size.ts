// How much a decision may move. The wish is the conviction, or a weight from `wishWeights`; limits cut it in a fixed order and every
// cut is written down with its reason. Weights are millionths of equity; quantities round toward the smaller order.
import type { Decision } from "../contracts/ballots.ts";
import { invariant } from "../contracts/invariant.ts";
import type { MicroUsd } from "../contracts/money.ts";

export interface Limits {
  /** Share of the full Kelly stake. For an even bet won with probability (1 + |conviction|)/2 full Kelly is |conviction|. */
  readonly kellyPpm: number;
  readonly perSymbolPpm: number;
  /** Sum of |position| over all symbols. */
  readonly grossPpm: number;
  /** |longs less shorts| over all symbols. */
  readonly netPpm: number;
  /** From this fall below the highest equity on nothing is added. */
  readonly drawdownPpm: number;
  /** From this loss since the day began on nothing is added. */
  readonly dailyLossPpm: number;
  /** Fee per side that must be left in cash. */
  readonly feePpm: number;
  readonly allowShort: boolean;
}

export const defaultLimits: Limits = {
  kellyPpm: 250_000,
  perSymbolPpm: 200_000,
  grossPpm: 1_000_000,
  netPpm: 1_000_000,
  drawdownPpm: 200_000,
  dailyLossPpm: 50_000,
  feePpm: 2_000,
  allowShort: false,
};

export interface Clamp {
  readonly limit: "kelly" | "per-symbol" | "gross" | "net" | "drawdown" | "daily-loss" | "short" | "cash";
  readonly beforePpm: number;
  readonly afterPpm: number;
  readonly limitPpm: number;
  /** A sentence for a person. */
  readonly reason: string;
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
  /** Longs less shorts without this symbol. */
  readonly otherNetMicroUsd: MicroUsd;
  readonly peakEquityMicroUsd: MicroUsd;
  /** When the day began. */
  readonly dayEquityMicroUsd: MicroUsd;
}

const whole = 1_000_000;

/**
 * Orders and clamps for a decision at a price. Action `none`, or no equity: no order, no clamp. `wishPpm` is the |weight| that a
 * sizing method wishes; without it the wish is the conviction, cut to the Kelly fraction.
 */
export function size(
  decision: Pick<Decision, "symbol" | "action" | "convictionPpm">,
  holdings: Holdings,
  priceMicroUsd: MicroUsd,
  limits: Limits = defaultLimits,
  wishPpm?: number,
): Sizing {
  invariant(Number.isSafeInteger(priceMicroUsd) && priceMicroUsd > 0, "a price is whole micro-dollars above zero");
  if (decision.action === "none" || holdings.equityMicroUsd <= 0) return { targetPpm: 0, orders: [], clamps: [] };
  const clamps: Clamp[] = [];
  const sign = decision.action === "buy" ? 1 : -1;
  const context = { holdings, priceMicroUsd, limits, sign, cut: cutter(clamps) } as const;
  const wish = wishPpm ?? kellyOf(Math.abs(decision.convictionPpm), context);
  const weight = limited(wish, context);
  const target = sign * unitsFor(weight, holdings.equityMicroUsd, priceMicroUsd);
  const change = (target - holdings.quantity) * sign;
  // A buy never sells and a sell never buys, even when the position is already larger than the target.
  const orders: SizedOrder[] = change > 0 ? [{ symbol: decision.symbol, side: decision.action, quantity: change }] : [];
  return { targetPpm: weight === 0 ? 0 : sign * weight, orders, clamps };
}

type Cut = (limit: Clamp["limit"], beforePpm: number, limitPpm: number, reason: string) => number;

interface Context {
  readonly holdings: Holdings;
  readonly priceMicroUsd: MicroUsd;
  readonly limits: Limits;
  readonly sign: 1 | -1;
  readonly cut: Cut;
}

function cutter(clamps: Clamp[]): Cut {
  return (limit, beforePpm, limitPpm, reason) => {
    const afterPpm = Math.min(beforePpm, Math.max(0, limitPpm));
    if (afterPpm < beforePpm) clamps.push({ limit, beforePpm, afterPpm, limitPpm, reason });
    return afterPpm;
  };
}

function kellyOf(conviction: number, { limits, cut }: Context): number {
  const allowed = Math.floor((conviction * limits.kellyPpm) / whole);
  return cut("kelly", conviction, allowed, `${percent(limits.kellyPpm)} of the full Kelly stake is taken`);
}

function limited(wish: number, context: Context): number {
  const { holdings, limits, sign, cut } = context;
  const of = (part: MicroUsd): number => share(part, holdings.equityMicroUsd);
  const [gross, net] = [of(holdings.otherGrossMicroUsd), of(sign * holdings.otherNetMicroUsd)];
  const most = (what: string, limit: number): string => `${what} at most ${percent(limit)} of equity`;
  let weight = cut("per-symbol", wish, limits.perSymbolPpm, most("one symbol has", limits.perSymbolPpm));
  const others = `${most("all positions have", limits.grossPpm)}, the others have ${percent(gross)}`;
  weight = cut("gross", weight, limits.grossPpm - gross, others);
  const side = `${most("longs less shorts are", limits.netPpm)}, those of the others are ${percent(sign * net)}`;
  weight = cut("net", weight, limits.netPpm - net, side);
  weight = cutByLosses(weight, context);
  if (sign < 0) return limits.allowShort ? weight : cut("short", weight, 0, "short selling is not allowed");
  return cut("cash", weight, affordable(context), "cash pays for no more, the fee included");
}

/** After too large a loss what is held may stay and nothing is added. */
function cutByLosses(wish: number, { holdings, priceMicroUsd, limits, sign, cut }: Context): number {
  const held = Math.max(0, share(sign * holdings.quantity * priceMicroUsd, holdings.equityMicroUsd));
  const lost = (from: MicroUsd): number => share(Math.max(0, from - holdings.equityMicroUsd), Math.max(1, from));
  const [fall, loss] = [lost(holdings.peakEquityMicroUsd), lost(holdings.dayEquityMicroUsd)];
  const then = (limit: number): string => `from ${percent(limit)} on nothing is added`;
  let weight = wish;
  if (fall >= limits.drawdownPpm) {
    weight = cut("drawdown", weight, held, `equity is ${percent(fall)} below its highest; ${then(limits.drawdownPpm)}`);
  }
  if (loss < limits.dailyLossPpm) return weight;
  return cut("daily-loss", weight, held, `the day has lost ${percent(loss)}; ${then(limits.dailyLossPpm)}`);
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

function percent(ppm: number): string {
  return `${Number((ppm / 10_000).toFixed(2))} %`;
}
