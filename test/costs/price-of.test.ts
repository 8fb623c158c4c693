// Costs: the published scenarios to the micro-dollar, rounding up once per line, and no cost without a list.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatUsd, microUsd } from "../../src/contracts/money.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { budgetGate, budgetState } from "../../src/costs/budget-gate.ts";
import { priceOf } from "../../src/costs/price-of.ts";
import { listPriceLists, readPriceList } from "../../src/costs/read-price-list.ts";
import { readingsOf, scenarios } from "../../src/costs/scenarios.ts";

const scratch = mkdtempSync(join(tmpdir(), "prices-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const small = { cpuCount: 1, memoryMb: 512 };
const total = (name: string, list: string, size = small): string => {
  const scenario = scenarios.find((one) => one.name === name)!;
  return formatUsd(priceOf(readingsOf(scenario, size), readPriceList(list)).totalMicroUsd);
};

test("the shipped lists carry source, date, currency and digest", () => {
  expect(listPriceLists()).toEqual(["e2b-list", "report-2025-11"]);
  for (const id of listPriceLists()) {
    const list = readPriceList(id);
    expect([list.source.length > 40, list.currency, list.sha256.length]).toEqual([true, "USD", 64]);
    expect(list.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
});

test("the scenarios on the documented prices, 1 vCPU and 512 MiB", () => {
  expect(["development", "production", "stress"].map((name) => total(name, "e2b-list"))).toEqual([
    "$0.585",
    "$4.68",
    "$2.925",
  ]);
});

test("with two vCPUs production is above five dollars", () => {
  expect(total("production", "e2b-list", { cpuCount: 2, memoryMb: 512 })).toBe("$8.712");
  const planned = microUsd(8.712);
  expect(() => budgetGate(0, planned, { limitMicroUsd: microUsd(5) })).toThrow(
    "[budget.exceeded] Cannot start: $0.00 spent and $8.712 planned are above $5.00",
  );
});

test("the scenarios on the flat prices of the reports", () => {
  expect(["development", "production", "stress"].map((name) => total(name, "report-2025-11"))).toEqual([
    "$0.535",
    "$4.16",
    "$3.15",
  ]);
});

test("a line is rounded up once; the time of nothing costs nothing", () => {
  const reading = { sandboxId: "s", ...small, ranNs: 1n };
  const { lines, totalMicroUsd, sandboxSeconds } = priceOf([reading, { ...reading, ranNs: 0n }], readPriceList());
  expect(lines).toEqual([
    { sandboxId: "s", runtimeMicroUsd: 1, otherMicroUsd: 0, totalMicroUsd: 1 },
    { sandboxId: "s", runtimeMicroUsd: 0, otherMicroUsd: 0, totalMicroUsd: 0 },
  ]);
  expect([totalMicroUsd, sandboxSeconds]).toEqual([1, 0]);
});

test("one second of the trading template, by hand: 14 + 2.25 micro-dollars, rounded up", () => {
  const cost = priceOf([{ sandboxId: "s", ...small, ranNs: 1_000_000_000n }], readPriceList());
  expect([cost.totalMicroUsd, cost.sandboxSeconds, cost.priceList]).toEqual([17, 1, "e2b-list"]);
});

test("a meter that counts backward is a programmer's error", () => {
  expect(() => priceOf([{ sandboxId: "s", ...small, ranNs: -1n }], readPriceList())).toThrow("Invariant broken");
});

test("an unknown list is refused; a changed price changes the digest", () => {
  expect(() => readPriceList("free")).toThrow(
    "[usage.invalid] No price list is named free: there are e2b-list, report-2025-11",
  );
  const folder = join(scratch, "prices");
  cpSync(packageFolder("fixtures", "prices"), folder, { recursive: true });
  const path = join(folder, "e2b-list.json");
  writeFileSync(path, readFileSync(path, "utf8").replace("50400000000", "50400000001"));
  expect(readPriceList("e2b-list", folder).sha256).not.toBe(readPriceList().sha256);
  writeFileSync(path, readFileSync(path, "utf8").replace("50400000001", "-1"));
  expect(() => readPriceList("e2b-list", folder)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});

test("the budget warns at 80 % and stops above 100 %", () => {
  const budget = { limitMicroUsd: microUsd(5) };
  expect([3.99, 4, 5, 5.000001].map((spent) => budgetState(microUsd(spent), budget))).toEqual([
    "within",
    "warning",
    "warning",
    "exceeded",
  ]);
});
