// Before anything is sent: open fates are looked up, executions are booked, and books, positions and cash are held against the
// broker. A difference stops trading.
import { readAccount } from "../../portfolio/account/account.ts";
import { journalFill } from "../../portfolio/account/fill-journal.ts";
import { reconcile, type Reconciliation } from "../../portfolio/account/reconcile.ts";
import { balanceOf, type Fill, type Ledger } from "../../portfolio/ledger.ts";
import type { Broker, Holdings } from "../broker.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { soManyAtATime } from "../../host/so-many-at-a-time.ts";
import { readStop, thaw } from "./holds.ts";
import { resolveOrder } from "./place-order.ts";
import { readOrders, type Desk, type Progress } from "./order-record.ts";
import { stopTrading } from "./stop-trading.ts";

export interface DeskReport {
  /** Orders of the record by state, after the look-ups. */
  readonly orders: Readonly<Record<Progress["state"], number>>;
  readonly executions: number;
  readonly books: Reconciliation;
  /** Where positions or cash are not the broker's. */
  readonly differences: readonly string[];
  /** Because of differences, or of a stop that stands from before. */
  readonly isStopped: boolean;
}

/** How often both are read until no execution came in between. */
const maxReads = 10;
/** Open fates that are looked up at the same time: seven questions each, of the 200 a minute that Alpaca allows. */
const lookedUpAtATime = 8;

/** Throws what the broker throws, `broker.unavailable` also when its executions do not stand still, and what the record throws. */
export async function startDesk(desk: Desk): Promise<DeskReport> {
  const orders = { intended: 0, sending: 0, accepted: 0, rejected: 0, refused: 0, unknown: 0 };
  const records = await soManyAtATime(await readOrders(desk), lookedUpAtATime, (one) => resolveOrder(desk, one));
  for (const { progress } of records) orders[progress.state] += 1;
  await thaw(desk);
  const { fills, holdings } = await readBroker(desk.broker);
  await bookExecutions(desk, fills);
  const { ledger } = await readAccount(desk);
  const books = reconcile(ledger, { fills });
  const differences = compareHoldings(ledger, holdings);
  const found = books.found + differences.length;
  if (found > 0) await stopTrading(desk, `${found} differences from the broker at the start`);
  const isStopped = found > 0 || (await readStop(desk)) !== null;
  return { orders, executions: fills.length, books, differences, isStopped };
}

/** Books every execution whose id the books lack, one after the other: their order is that of the costs. Number of those booked now. */
export async function bookExecutions(desk: Desk, fills: readonly Fill[]): Promise<number> {
  const { ledger } = await readAccount(desk);
  let booked = 0;
  for (const fill of fills) {
    if (ledger.fills.has(fill.fillId)) continue;
    if ((await journalFill(desk, fill, desk.writer)) === "booked") booked += 1;
  }
  return booked;
}

async function readBroker(broker: Broker): Promise<{ readonly fills: readonly Fill[]; readonly holdings: Holdings }> {
  const fills = [...(await broker.executions())];
  for (let read = 0; read < maxReads; read += 1) {
    const holdings = await broker.holdings();
    const since = await broker.executions(fills.at(-1)?.fillId);
    if (since.length === 0) return { fills, holdings };
    fills.push(...since);
  }
  throw new SwarmError(
    "broker.unavailable",
    `The broker filled orders in each of ${maxReads} reads: nothing was compared`,
    {
      hint: "Start again when fewer orders are being filled",
      details: { reads: maxReads },
    },
  );
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
