// Cash and trades. Fees leave cash at entry and again at exit; a closed trade is a row in columns, an open one an object.
import type { EngineConfig, Trades } from "./engine-config.ts";

export interface OpenTrade {
  units: number;
  /** Part of the entry fee that belongs to the units still open. */
  entryFee: number;
  readonly entryBar: number;
  readonly entryPrice: number;
}

type Columns = { readonly [Name in keyof Trades]: number[] };

export interface Account {
  cash: number;
  /** Signed units held: the sum over the open trades. */
  position: number;
  /** Borrow cost and interest paid so far. */
  financing: number;
  readonly open: OpenTrade[];
  readonly closed: Columns;
  readonly config: EngineConfig;
  readonly leverage: number;
  /** Share of the traded value that every fill costs. */
  readonly costRate: number;
}

export function openAccount(config: EngineConfig): Account {
  const closed: Columns = {
    size: [],
    entryBar: [],
    exitBar: [],
    entryPrice: [],
    exitPrice: [],
    profit: [],
    fees: [],
    returnFraction: [],
  };
  const halfSpread = config.mode === "product" ? config.spread / 2 : 0;
  const costRate = config.commission.relative + halfSpread;
  return {
    cash: config.cash,
    position: 0,
    financing: 0,
    open: [],
    closed,
    config,
    leverage: 1 / config.margin,
    costRate,
  };
}

/** Cost of one fill: commission, and in product mode half the spread. */
export function feeOf({ config, costRate }: Account, units: number, price: number): number {
  return config.commission.fixed + Math.abs(units) * price * costRate;
}

/** Cash plus the marks of open trades at `price`. */
export function equityAt(account: Account, price: number): number {
  const { open } = account;
  let equity = account.cash;
  for (let place = 0; place < open.length; place += 1) {
    const trade = open[place];
    if (trade !== undefined) equity += trade.units * (price - trade.entryPrice);
  }
  return equity;
}

/** Money that may still be bound, at the mark `price`. */
export function availableAt(account: Account, price: number): number {
  const { open, leverage } = account;
  let bound = 0;
  for (let place = 0; place < open.length; place += 1) bound += (Math.abs(open[place]?.units ?? 0) * price) / leverage;
  return Math.max(0, equityAt(account, price) - bound);
}

export function enter(account: Account, units: number, price: number, bar: number): OpenTrade {
  const entryFee = feeOf(account, units, price);
  account.cash -= entryFee;
  const trade: OpenTrade = { units, entryFee, entryBar: bar, entryPrice: price };
  account.open.push(trade);
  account.position += units;
  return trade;
}

/** Closes `units` of a trade (all of them by default). True when nothing of it is left. */
export function leave(account: Account, trade: OpenTrade, price: number, bar: number, units = trade.units): boolean {
  const exitFee = feeOf(account, units, price);
  const entryFee = units === trade.units ? trade.entryFee : trade.entryFee * (units / trade.units);
  const gross = units * (price - trade.entryPrice);
  account.cash += gross - exitFee;
  const { closed } = account;
  const fees = entryFee + exitFee;
  closed.size.push(units);
  closed.entryBar.push(trade.entryBar);
  closed.exitBar.push(bar);
  closed.entryPrice.push(trade.entryPrice);
  closed.exitPrice.push(price);
  closed.profit.push(gross - fees);
  closed.fees.push(fees);
  const moved = Math.sign(units) * (price / trade.entryPrice - 1);
  closed.returnFraction.push(moved - fees / (Math.abs(units) * trade.entryPrice));
  trade.units -= units;
  account.position -= units;
  trade.entryFee -= entryFee;
  if (trade.units !== 0) return false;
  if (account.open.length === 1) account.open.pop();
  else account.open.splice(account.open.indexOf(trade), 1);
  return true;
}
