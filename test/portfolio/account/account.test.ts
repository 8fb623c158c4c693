// Books in the shared record: one execution id, one booking; a checkpoint whose fills have changed is refused.
import { expect, test } from "vitest";
import { simulatedClock } from "../../../src/host/clock.ts";
import { openMemoryStore } from "../../../src/memory/memory-store.ts";
import { openAccount, readAccount, writeCheckpoint } from "../../../src/portfolio/account/account.ts";
import { fillKey, journalFill, journalNamespace } from "../../../src/portfolio/account/fill-journal.ts";
import { reconcile } from "../../../src/portfolio/account/reconcile.ts";
import { bookFill } from "../../../src/portfolio/book-fill.ts";
import { openLedger, type Fill } from "../../../src/portfolio/ledger.ts";

const fill = (fillId: string, side: Fill["side"] = "buy"): Fill => ({
  fillId,
  symbol: "AAPL",
  side,
  quantity: 3,
  priceMicroUsd: 10_000_000,
  feeMicroUsd: 5,
});

async function opened() {
  const clock = simulatedClock();
  const journal = { store: openMemoryStore({ clock }), clock, account: "one" };
  await openAccount(journal, 1_000_000_000, "test");
  return journal;
}

test("a fill is booked once, whoever says it; its id is no one else's", async () => {
  const journal = await opened();
  expect(await journalFill(journal, fill("a"), "w1")).toBe("booked");
  expect(await journalFill(journal, fill("a"), "w2")).toBe("duplicate");
  await expect(journalFill(journal, { ...fill("a"), quantity: 4 }, "w2")).rejects.toMatchObject({
    code: "usage.invalid",
  });
  await expect(journalFill(journal, { ...fill("b"), quantity: 0 }, "w2")).rejects.toMatchObject({
    code: "usage.invalid",
  });
  const { ledger, throughSeq } = await readAccount(journal);
  const expected = openLedger(1_000_000_000);
  bookFill(expected, fill("a"));
  expect([ledger, throughSeq]).toEqual([expected, 2]);
});

test("an account has one opening capital, and is opened before it is read", async () => {
  const journal = await opened();
  await openAccount(journal, 1_000_000_000, "test");
  await expect(openAccount(journal, 5, "test")).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(readAccount({ ...journal, account: "two" })).rejects.toMatchObject({ code: "state.corrupt" });
});

test("a checkpoint goes on with later fills, and is refused when a fill under it is gone", async () => {
  const journal = await opened();
  await journalFill(journal, fill("a"), "w");
  await journalFill(journal, fill("b"), "w");
  const { sha256 } = await writeCheckpoint(journal, "w");
  expect((await readAccount(journal)).sha256).toBe(sha256);
  await journalFill(journal, fill("c", "sell"), "w");
  expect((await readAccount(journal)).ledger.fills.size).toBe(3);
  await journal.store.delete(journalNamespace("one"), fillKey("a"), { writer: "w" });
  await expect(readAccount(journal)).rejects.toMatchObject({ code: "portfolio.unbalanced" });
});

test("an entry that is no fill of its key is refused", async () => {
  const journal = await opened();
  await journal.store.put(journalNamespace("one"), fillKey("a"), { ...fill("b") }, { writer: "w" });
  await expect(readAccount(journal)).rejects.toMatchObject({ code: "state.corrupt" });
});

test("every difference from the statement is told", () => {
  const ledger = openLedger(1_000_000_000);
  for (const id of ["a", "b"]) bookFill(ledger, fill(id));
  expect(reconcile(ledger, { fills: [fill("a"), fill("b"), fill("b")] }).found).toBe(0);
  expect(reconcile(ledger, { fills: [{ ...fill("a"), feeMicroUsd: 6 }, fill("c", "sell")] }).differences).toEqual([
    { kind: "altered", fillId: "a" },
    { kind: "missing", fillId: "c" },
    { kind: "unknown", fillId: "b" },
    { kind: "amount", of: "cash", booked: "939999990", stated: "999999989" },
    { kind: "amount", of: "fees", booked: "10", stated: "11" },
    { kind: "amount", of: "cost and realised", booked: "60000000", stated: "0" },
    { kind: "amount", of: "quantity of AAPL", booked: "6", stated: "0" },
  ]);
  ledger.entries.push(...ledger.entries.slice(1, 2));
  expect(reconcile(ledger, { fills: [fill("a"), fill("b")] }).differences).toEqual([
    { kind: "entries", fillId: "a", entries: 2 },
  ]);
});
