// Before anything is sent: open fates are looked up, executions are booked, and books, positions and cash are held against the
// broker. A difference stops trading.
import { readAccount } from "../../portfolio/account/account.ts";
import { journalFill } from "../../portfolio/account/fill-journal.ts";
import { reconcile, type Reconciliation } from "../../portfolio/account/reconcile.ts";
import { balanceOf, type Fill, type Ledger } from "../../portfolio/ledger.ts";
import type { Broker, Holdings } from "../broker.ts";
import { stopTrading } from "./holds.ts";
import { resolveOrder } from "./place-order.ts";
import { readOrders, type Desk, type Progress } from "./order-record.ts";

export interface DeskReport {
  /** Orders of the record by state, after the look-ups. */
  readonly orders: Readonly<Record<Progress["state"], number>>;
  readonly executions: number;
  readonly books: Reconciliation;
  /** Where positions or cash are not the broker's. */
  readonly differences: readonly string[];
  readonly isStopped: boolean;
}

/** How often both are read until no execution came in between. */
const maxReads = 10;

export async function startDesk(desk: Desk): Promise<DeskReport> {
  const orders = { intended: 0, sending: 0, accepted: 0, rejected: 0, refused: 0, unknown: 0 };
  for (const record of await readOrders(desk)) orders[(await resolveOrder(desk, record)).progress.state] += 1;
  const { fills, holdings } = await readBroker(desk.broker);
  await bookExecutions(desk, fills);
  const { ledger } = await readAccount(desk);
  const books = reconcile(ledger, { fills });
  const differences = compareHoldings(ledger, holdings);
  const isStopped = books.found + differences.length > 0;
  if (isStopped)
    await stopTrading(desk, `${books.found + differences.length} differences from the broker at the start`);
  return { orders, executions: fills.length, books, differences, isStopped };
}

/** Books every execution that the books lack; the others are duplicates. Number of those booked now. */
export async function bookExecutions(desk: Desk, fills: readonly Fill[]): Promise<number> {
  let booked = 0;
  for (const fill of fills) if ((await journalFill(desk, fill, desk.writer)) === "booked") booked += 1;
  return booked;
}

async function readBroker(broker: Broker): Promise<{ readonly fills: readonly Fill[]; readonly holdings: Holdings }> {
  let fills = await broker.executions();
  for (let read = 0; ; read += 1) {
    const holdings = await broker.holdings();
    const again = await broker.executions();
    if (again.length === fills.length || read === maxReads) return { fills: again, holdings };
    fills = again;
  }
}

function compareHoldings(ledger: Ledger, { cashMicroUsd, quantities }: Holdings): readonly string[] {
  const differences: string[] = [];
  const same = (of: string, booked: number, stated: number): void => {
    if (booked !== stated) differences.push(`${of}: the books say ${booked}, the broker says ${stated}`);
  };
  same("cash", balanceOf(ledger, "cash"), cashMicroUsd);
  for (const symbol of new Set([...ledger.positions.keys(), ...quantities.keys()])) {
    same(symbol, ledger.positions.get(symbol)?.quantity ?? 0, quantities.get(symbol) ?? 0);
  }
  return differences;
}
