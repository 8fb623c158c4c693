// Many writers, kills, and then the books: held against the broker's statement, checkpointed, backed up and restored into
// another record. Each plant breaks one thing and must be found.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/host/clock.ts";
import { backUp, restore } from "../../src/memory/backup.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { openAccount, readAccount, writeCheckpoint, type AccountState } from "../../src/portfolio/account/account.ts";
import {
  fillKey,
  journalFill,
  journalNamespace,
  type JournalOptions,
} from "../../src/portfolio/account/fill-journal.ts";
import { reconcile, type Reconciliation } from "../../src/portfolio/account/reconcile.ts";
import { balanceOf } from "../../src/portfolio/ledger.ts";
import { restoreLedger, snapshotOf } from "../../src/portfolio/snapshot.ts";
import { runCrew, type CrewReport } from "./crew.ts";
import { account, capitalMicroUsd, fillAt, statementOf, type Plan } from "./plan.ts";

export const plants = ["doubled", "lost", "one-sided-fee"] as const;
export type Plant = (typeof plants)[number];

export interface TortureOptions {
  readonly plan: Plan;
  readonly kills: number;
  readonly clock: Clock;
  readonly plant: Plant | null;
  readonly progress: (acknowledged: number, of: number) => void;
}

export interface TortureReport {
  readonly crew: CrewReport;
  readonly books: Reconciliation;
  readonly sha256: string;
  /** Digest of the books as another record gives them that was restored from a backup; null where a plant made them untrue. */
  readonly restoredSha256: string | null;
  /** Whether the ledger's own snapshot, restored, is the same ledger. */
  readonly snapshotAgrees: boolean;
}

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { plan, clock, plant } = options;
  const folder = mkdtempSync(join(tmpdir(), "swarm-ledger-"));
  const path = join(folder, "record.db");
  try {
    const store = await openSqliteStore({ path, clock });
    await openAccount({ store, clock, account }, capitalMicroUsd, "torture");
    // Closed while the writers run: one of them owns the file, and kills reach it too.
    await store.close();
    const crew = await runCrew({ ...options, path });
    const again = await openSqliteStore({ path, clock });
    try {
      const journal = { store: again, clock, account };
      if (plant !== null) await plantInRecord(journal, plan, plant);
      const state = plant === null ? await writeCheckpoint(journal, "torture") : await readAccount(journal);
      if (plant === "one-sided-fee") chargeOneSide(state);
      const books = reconcile(state.ledger, { fills: statementOf(plan) });
      const snapshotAgrees = plant === null && snapshotIsWhole(state);
      const restoredSha256 = plant === null ? await moveAway(journal, folder) : null;
      return { crew, books, sha256: state.sha256, restoredSha256, snapshotAgrees };
    } finally {
      await again.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isSound({ books, sha256, restoredSha256, snapshotAgrees }: TortureReport, { fills }: Plan): boolean {
  return books.found === 0 && books.totals.fills === fills && sha256 === restoredSha256 && snapshotAgrees;
}

/** Reads the checkpointed books from another record into which the backup was restored. */
async function moveAway({ store, clock }: JournalOptions, folder: string): Promise<string> {
  const backup = join(folder, "backup.ndjson");
  await backUp(store, backup);
  const other = await openSqliteStore({ path: join(folder, "other.db"), clock });
  try {
    await restore(backup, other);
    return (await readAccount({ store: other, clock, account })).sha256;
  } finally {
    await other.close();
  }
}

function snapshotIsWhole({ ledger }: AccountState): boolean {
  const restored = restoreLedger(JSON.parse(JSON.stringify(snapshotOf(ledger))));
  return reconcile(restored, { fills: ledger.fills.values() }).found === 0;
}

async function plantInRecord(journal: JournalOptions, plan: Plan, plant: Plant): Promise<void> {
  const fill = fillAt(plan, Math.floor(plan.fills / 2));
  switch (plant) {
    case "doubled":
      await journalFill(journal, { ...fill, fillId: `${fill.fillId}-again` }, "plant");
      return;
    case "lost":
      await journal.store.delete(journalNamespace(account), fillKey(fill.fillId), { writer: "plant" });
      return;
    case "one-sided-fee":
      return;
  }
}

function chargeOneSide({ ledger }: AccountState): void {
  ledger.balances.set("fees", balanceOf(ledger, "fees") + 1);
}
