// A ledger as JSON and back. Restoring replays every fill and compares the totals: a snapshot proves itself or is refused.
import { isRecord } from "../contracts/json.ts";
import type { MicroUsd } from "../contracts/money.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { bookFill } from "./book-fill.ts";
import { balanceOf, openLedger, type Fill, type Ledger } from "./ledger.ts";

// A type, not an interface: only then TypeScript lets it count as JSON.
export type Snapshot = {
  readonly version: 1;
  readonly capitalMicroUsd: MicroUsd;
  readonly cashMicroUsd: MicroUsd;
  readonly feesMicroUsd: MicroUsd;
  /** In order of booking. */
  readonly fills: readonly {
    readonly fillId: string;
    readonly symbol: string;
    readonly side: "buy" | "sell";
    readonly quantity: number;
    readonly priceMicroUsd: MicroUsd;
    readonly feeMicroUsd: MicroUsd;
  }[];
};

export function snapshotOf(ledger: Ledger): Snapshot {
  return {
    version: 1,
    capitalMicroUsd: ledger.capitalMicroUsd,
    cashMicroUsd: balanceOf(ledger, "cash"),
    feesMicroUsd: balanceOf(ledger, "fees"),
    fills: [...ledger.fills.values()],
  };
}

/** Throws `portfolio.unbalanced` when it is no snapshot or its totals are not those of its fills. */
export function restoreLedger(snapshot: unknown): Ledger {
  if (!isSnapshot(snapshot)) throw broken("it is no snapshot of version 1");
  const ledger = openLedger(snapshot.capitalMicroUsd);
  for (const fill of snapshot.fills) bookFill(ledger, fill);
  const cash = balanceOf(ledger, "cash");
  const fees = balanceOf(ledger, "fees");
  if (ledger.fills.size !== snapshot.fills.length) throw broken("a fill appears twice");
  if (cash === snapshot.cashMicroUsd && fees === snapshot.feesMicroUsd) return ledger;
  throw broken(`its fills leave ${cash} in cash, the snapshot says ${snapshot.cashMicroUsd}`);
}

function isSnapshot(value: unknown): value is Snapshot {
  return (
    isRecord(value) &&
    value["version"] === 1 &&
    ["capitalMicroUsd", "cashMicroUsd", "feesMicroUsd"].every((name) => Number.isSafeInteger(value[name])) &&
    Array.isArray(value["fills"]) &&
    value["fills"].every(isFill)
  );
}

export function isFill(value: unknown): value is Fill {
  return (
    isRecord(value) &&
    typeof value["fillId"] === "string" &&
    typeof value["symbol"] === "string" &&
    (value["side"] === "buy" || value["side"] === "sell") &&
    ["quantity", "priceMicroUsd", "feeMicroUsd"].every((name) => Number.isSafeInteger(value[name]))
  );
}

function broken(problem: string): SwarmError {
  return new SwarmError("portfolio.unbalanced", `Cannot restore the ledger: ${problem}`, {
    hint: "Restore an older snapshot",
  });
}
