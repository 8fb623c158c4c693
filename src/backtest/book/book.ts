// Several symbols in one cash account: short proceeds are cash, orders fill at the next open, a leg lasts from flat to flat.
// Reference conventions (docs/decisions/0041): no margin check unless asked for.
import { invariant } from "../../contracts/invariant.ts";

export interface BookOrder {
  readonly symbol: number;
  /** Signed whole units, not 0. */
  readonly units: number;
}

export interface BookFill extends BookOrder {
  readonly bar: number;
  readonly price: number;
  readonly fee: number;
}

/** One symbol from flat to flat. `pnl` is before fees. */
export interface Leg {
  readonly symbol: number;
  readonly openBar: number;
  readonly closeBar: number;
  readonly pnl: number;
  readonly pnlNet: number;
  /** Signed units that went in, and the mean prices in and out. */
  readonly units: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
}

interface Running {
  openBar: number;
  flow: number;
  fees: number;
  inUnits: number;
  inValue: number;
  outValue: number;
}

export interface Book {
  cash: number;
  readonly units: number[];
  readonly fills: BookFill[];
  readonly legs: Leg[];
  /** What each open leg has paid and received so far. */
  readonly running: Running[];
}

export function openBook(cash: number, symbols: number): Book {
  return {
    cash,
    units: Array.from({ length: symbols }, () => 0),
    fills: [],
    legs: [],
    running: Array.from({ length: symbols }, () => flat()),
  };
}

function flat(): Running {
  return { openBar: -1, flow: 0, fees: 0, inUnits: 0, inValue: 0, outValue: 0 };
}

/** Books a fill. An order through zero closes the old leg and opens the next with the rest. */
export function bookOrder(book: Book, order: BookOrder, bar: number, price: number, feeRate: number): void {
  const held = book.units[order.symbol] ?? 0;
  const closes = Math.sign(held) === -Math.sign(order.units) ? Math.min(Math.abs(held), Math.abs(order.units)) : 0;
  const fee = Math.abs(order.units) * price * feeRate;
  book.cash -= order.units * price + fee;
  book.fills.push({ ...order, bar, price, fee });
  const closing = Math.sign(order.units) * closes;
  if (closing !== 0) move(book, order.symbol, closing, bar, price, feeRate);
  if (order.units !== closing) move(book, order.symbol, order.units - closing, bar, price, feeRate);
}

function move(book: Book, symbol: number, units: number, bar: number, price: number, feeRate: number): void {
  const leg = book.running[symbol];
  invariant(leg !== undefined, "an order names a symbol of the book");
  const before = book.units[symbol] ?? 0;
  if (before === 0) leg.openBar = bar;
  leg.flow -= units * price;
  leg.fees += Math.abs(units) * price * feeRate;
  if (Math.sign(before) === -Math.sign(units)) leg.outValue -= units * price;
  else {
    leg.inUnits += units;
    leg.inValue += units * price;
  }
  book.units[symbol] = before + units;
  if (before + units !== 0) return;
  book.legs.push({
    symbol,
    openBar: leg.openBar,
    closeBar: bar,
    pnl: leg.flow,
    pnlNet: leg.flow - leg.fees,
    units: leg.inUnits,
    entryPrice: leg.inValue / leg.inUnits,
    exitPrice: leg.outValue / leg.inUnits,
  });
  book.running[symbol] = flat();
}

/** Cash plus positions at these prices, one per symbol. */
export function bookEquity(book: Book, prices: readonly number[]): number {
  return book.units.reduce((sum, units, symbol) => sum + units * (prices[symbol] ?? NaN), book.cash);
}
