// Concurrent writers with kills: the books balance, nothing is doubled or lost, and each plant is found.
import { expect, test } from "vitest";
import { isSound, torture, type Plant } from "../../../bench/ledger/torture.ts";
import { deliveriesTo, fillAt } from "../../../bench/ledger/plan.ts";
import { realClock as clock } from "../../../src/host/clock.ts";

const run = (plan: { fills: number; writers: number; seed: number }, kills: number, plant: Plant | null) =>
  torture({ plan, kills, clock, plant, progress: () => undefined });

test("every fill is told to one writer at least, some to two", () => {
  const plan = { fills: 2_000, writers: 5, seed: 7 };
  const told = [0, 1, 2, 3, 4].flatMap((writer) => deliveriesTo(plan, writer));
  expect(new Set(told).size).toBe(plan.fills);
  expect(told.length).toBeGreaterThan(plan.fills + 100);
  expect(told.length).toBeLessThan(plan.fills + 300);
});

test("2,000 fills, 5 writers, 4 of them killed: zero difference", async () => {
  const plan = { fills: 2_000, writers: 5, seed: 1 };
  const report = await run(plan, 4, null);
  expect(report.books).toMatchObject({ found: 0, differences: [] });
  expect(report.books.totals).toMatchObject({ fills: 2_000, entries: 2_001, sumMicroUsd: "0" });
  expect(report.crew.kills).toBe(4);
  // An answer that died with its writer is told again and is a duplicate then: never more firsts than fills.
  expect(report.crew.booked).toBeLessThanOrEqual(2_000);
  expect(isSound(report, plan)).toBe(true);
});

test.each(["doubled", "lost", "one-sided-fee"] as const)("planted: %s is found", async (plant) => {
  const plan = { fills: 60, writers: 2, seed: 3 };
  const report = await run(plan, 0, plant);
  const { fillId } = fillAt(plan, 30);
  const first = {
    doubled: { kind: "unknown", fillId: `${fillId}-again` },
    lost: { kind: "missing", fillId },
    "one-sided-fee": { kind: "unbalanced", of: "all accounts", sumMicroUsd: "1" },
  };
  expect(report.books.differences[0]).toEqual(first[plant]);
  expect(report.books.differences.length).toBeGreaterThan(1);
  expect(isSound(report, plan)).toBe(false);
});
