// Double entry in whole micro-dollars. Every entry sums to zero, positions are kept at average cost, a fill is booked once
// whatever happens, and a snapshot is believed only after its fills have been replayed.
import { invariant } from "../contracts/invariant.ts";
import type { MicroUsd } from "../contracts/money.ts";
import { SwarmError } from "../contracts/swarm-error.ts";

/** `cash`, `fees`, `realised`, `capital`, or `position:<symbol>` (at cost). Debits are positive. */
export type AccountName = "cash" | "fees" | "realised" | "capital" | `position:${string}`;

export interface Line {
  readonly account: AccountName;
  readonly amountMicroUsd: MicroUsd;
}
export interface LedgerEntry {
  readonly id: string;
  readonly lines: readonly Line[];
}

export interface Fill {
  /** Idempotency key: the same id is booked once. */
  readonly fillId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Whole units, at least 1. */
  readonly quantity: number;
  readonly priceMicroUsd: MicroUsd;
  readonly feeMicroUsd: MicroUsd;
}

export interface Position {
  /** Signed units. */
  readonly quantity: number;
  /** What they cost without fees, signed like the quantity. */
  readonly costMicroUsd: MicroUsd;
}

/** Changed in place by `bookFill` and `post` only. */
export interface Ledger {
  readonly capitalMicroUsd: MicroUsd;
  readonly balances: Map<AccountName, MicroUsd>;
  readonly positions: Map<string, Position>;
  readonly entries: LedgerEntry[];
  readonly fills: Map<string, Fill>;
}

/** A ledger with its opening capital in cash. */
export function openLedger(capitalMicroUsd: MicroUsd): Ledger {
  const ledger: Ledger = {
    capitalMicroUsd,
    balances: new Map(),
    positions: new Map(),
    entries: [],
    fills: new Map(),
  };
  post(ledger, {
    id: "opening",
    lines: [
      { account: "cash", amountMicroUsd: capitalMicroUsd },
      { account: "capital", amountMicroUsd: 0 - capitalMicroUsd },
    ],
  });
  return ledger;
}

/** Adds an entry. Throws `portfolio.unbalanced` when its lines do not sum to zero, are no whole micro-dollars, or a balance would not be one. */
export function post(ledger: Ledger, entry: LedgerEntry): void {
  const sum = entry.lines.reduce((total, line) => total + line.amountMicroUsd, 0);
  if (sum !== 0 || !entry.lines.every((line) => Number.isSafeInteger(line.amountMicroUsd))) {
    throw new SwarmError(
      "portfolio.unbalanced",
      `Cannot book ${entry.id}: its lines sum to ${sum} micro-dollars, not 0`,
      {
        hint: "Every debit needs its credit, in whole micro-dollars",
        details: { entry: entry.id, sum },
      },
    );
  }
  for (const { account, amountMicroUsd } of entry.lines) {
    if (Number.isSafeInteger(balanceOf(ledger, account) + amountMicroUsd)) continue;
    throw new SwarmError("portfolio.unbalanced", `Cannot book ${entry.id}: ${account} would leave the exact range`, {
      hint: "An account holds at most 9,007,199,254 dollars: split the book",
      details: { entry: entry.id, account },
    });
  }
  for (const { account, amountMicroUsd } of entry.lines) {
    ledger.balances.set(account, balanceOf(ledger, account) + amountMicroUsd);
  }
  ledger.entries.push(entry);
}

/** Micro-dollars on an account; 0 when it was never used. */
export function balanceOf(ledger: Ledger, account: AccountName): MicroUsd {
  return ledger.balances.get(account) ?? 0;
}

export function positionOf(ledger: Ledger, symbol: string): Position {
  return ledger.positions.get(symbol) ?? { quantity: 0, costMicroUsd: 0 };
}

/** Profit realised so far, before fees; a loss is negative. */
export function realisedOf(ledger: Ledger): MicroUsd {
  return 0 - balanceOf(ledger, "realised");
}

export interface Valuation {
  readonly cashMicroUsd: MicroUsd;
  readonly positionsMicroUsd: MicroUsd;
  readonly equityMicroUsd: MicroUsd;
}

/** Cash and positions at these prices (micro-dollars per unit). Throws `market.symbol` when a held symbol has no price. */
export function valueOf(ledger: Ledger, prices: Readonly<Record<string, MicroUsd>>): Valuation {
  let positions = 0;
  for (const [symbol, { quantity }] of ledger.positions) {
    if (quantity === 0) continue;
    const price = Object.hasOwn(prices, symbol) ? prices[symbol] : undefined;
    if (price === undefined) {
      throw new SwarmError("market.symbol", `Cannot value ${quantity} ${symbol}: no price was given for it`, {
        hint: "Pass a price for every held symbol",
        details: { symbol },
      });
    }
    positions += quantity * price;
  }
  const cash = balanceOf(ledger, "cash");
  invariant(Number.isSafeInteger(cash + positions), "equity fits into micro-dollars");
  return { cashMicroUsd: cash, positionsMicroUsd: positions, equityMicroUsd: cash + positions };
}
