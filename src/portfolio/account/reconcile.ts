// The books against the broker's statement, by another arithmetic than the one that booked: big integers, no average cost.
// Differences are values; an empty list is the only agreement.
import { isSameFill } from "../book-fill.ts";
import { balanceOf, type Fill, type Ledger } from "../ledger.ts";

/** What the broker says happened. */
export interface Statement {
  /** Each execution once. */
  readonly fills: Iterable<Fill>;
}

export type Difference =
  /** The broker executed it and the books lack it. */
  | { readonly kind: "missing"; readonly fillId: string }
  /** The books hold it and the broker knows nothing of it. */
  | { readonly kind: "unknown"; readonly fillId: string }
  | { readonly kind: "altered"; readonly fillId: string }
  /** More or fewer than one entry of this id. */
  | { readonly kind: "entries"; readonly fillId: string; readonly entries: number }
  /** An entry, or all balances together, do not sum to zero. */
  | { readonly kind: "unbalanced"; readonly of: string; readonly sumMicroUsd: string }
  /** A balance or a quantity is not what it should be. */
  | { readonly kind: "amount"; readonly of: string; readonly booked: string; readonly stated: string };

export interface Totals {
  readonly fills: number;
  readonly entries: number;
  /** Σ of all balances; zero in books that balance. */
  readonly sumMicroUsd: string;
  readonly cashMicroUsd: string;
  readonly feesMicroUsd: string;
  readonly realisedMicroUsd: string;
  readonly costMicroUsd: string;
}

export interface Reconciliation {
  readonly totals: Totals;
  /** At most 1,000 are listed. */
  readonly differences: readonly Difference[];
  readonly found: number;
}

const maxListed = 1_000;

export function reconcile(ledger: Ledger, statement: Statement): Reconciliation {
  const differences: Difference[] = [];
  let found = 0;
  const differ = (difference: Difference): void => {
    found += 1;
    if (differences.length < maxListed) differences.push(difference);
  };
  const owed = compareFills(ledger, statement, differ);
  countEntries(ledger, differ);
  compareBalances(ledger, owed, differ);
  return { totals: totalsOf(ledger), differences, found };
}

type Differ = (difference: Difference) => void;

interface Owed {
  readonly quantities: ReadonlyMap<string, bigint>;
  readonly paid: bigint;
  readonly fees: bigint;
}

function compareFills(ledger: Ledger, statement: Statement, differ: Differ): Owed {
  const stated = new Set<string>();
  const quantities = new Map<string, bigint>();
  let [paid, fees] = [0n, 0n];
  for (const fill of statement.fills) {
    if (stated.has(fill.fillId)) continue;
    stated.add(fill.fillId);
    const booked = ledger.fills.get(fill.fillId);
    if (booked === undefined) differ({ kind: "missing", fillId: fill.fillId });
    else if (!isSameFill(booked, fill)) differ({ kind: "altered", fillId: fill.fillId });
    const signed = BigInt(fill.side === "buy" ? fill.quantity : -fill.quantity);
    quantities.set(fill.symbol, (quantities.get(fill.symbol) ?? 0n) + signed);
    paid += signed * BigInt(fill.priceMicroUsd);
    fees += BigInt(fill.feeMicroUsd);
  }
  for (const fillId of ledger.fills.keys()) if (!stated.has(fillId)) differ({ kind: "unknown", fillId });
  return { quantities, paid, fees };
}

function countEntries(ledger: Ledger, differ: Differ): void {
  const counts = new Map<string, number>();
  for (const { id, lines } of ledger.entries) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    const sum = lines.reduce((total, { amountMicroUsd }) => total + BigInt(amountMicroUsd), 0n);
    if (sum !== 0n) differ({ kind: "unbalanced", of: id, sumMicroUsd: String(sum) });
  }
  for (const fillId of ["opening", ...ledger.fills.keys()]) {
    const entries = counts.get(fillId) ?? 0;
    if (entries !== 1) differ({ kind: "entries", fillId, entries });
  }
}

function compareBalances(ledger: Ledger, { quantities, paid, fees }: Owed, differ: Differ): void {
  const sum = sumOf(ledger.balances.values());
  if (sum !== 0n) differ({ kind: "unbalanced", of: "all accounts", sumMicroUsd: String(sum) });
  const same = (of: string, booked: bigint, stated: bigint): void => {
    if (booked !== stated) differ({ kind: "amount", of, booked: String(booked), stated: String(stated) });
  };
  same("cash", BigInt(balanceOf(ledger, "cash")), BigInt(ledger.capitalMicroUsd) - paid - fees);
  same("fees", BigInt(balanceOf(ledger, "fees")), fees);
  // What was paid is either still in positions at cost or was realised.
  const kept = sumOf([...ledger.positions.values()].map(({ costMicroUsd }) => costMicroUsd));
  same("cost and realised", kept + BigInt(balanceOf(ledger, "realised")), paid);
  for (const symbol of new Set([...quantities.keys(), ...ledger.positions.keys()])) {
    const held = ledger.positions.get(symbol);
    same(`quantity of ${symbol}`, BigInt(held?.quantity ?? 0), quantities.get(symbol) ?? 0n);
    same(`cost of ${symbol}`, BigInt(balanceOf(ledger, `position:${symbol}`)), BigInt(held?.costMicroUsd ?? 0));
  }
}

function totalsOf(ledger: Ledger): Totals {
  return {
    fills: ledger.fills.size,
    entries: ledger.entries.length,
    sumMicroUsd: String(sumOf(ledger.balances.values())),
    cashMicroUsd: String(balanceOf(ledger, "cash")),
    feesMicroUsd: String(balanceOf(ledger, "fees")),
    realisedMicroUsd: String(0 - balanceOf(ledger, "realised")),
    costMicroUsd: String(sumOf([...ledger.positions.values()].map(({ costMicroUsd }) => costMicroUsd))),
  };
}

function sumOf(amounts: Iterable<number>): bigint {
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(amount);
  return sum;
}
