import { expect, it } from "vitest";
import { openUsageBook } from "../../src/backend/usage-book.ts";

const size = { cpuCount: 1, memoryMb: 512 };
const reading = (sandboxId: string, ranNs: bigint) => ({ ...size, sandboxId, ranNs });

it("bills what is new whole, of what was billed before only the time since, and nothing of others", () => {
  let now = [reading("old", 100n), reading("other", 5n)];
  const bill = openUsageBook(() => now);
  expect(bill(new Set(["old"]))).toEqual([{ ...reading("old", 100n), creations: 1 }]);
  now = [reading("old", 160n), reading("other", 65n), reading("fresh", 30n)];
  expect(bill(new Set(["old", "fresh"]))).toEqual([
    { ...reading("old", 60n), creations: 0 },
    { ...reading("fresh", 30n), creations: 1 },
  ]);
  expect(bill(new Set(["gone"]))).toEqual([]);
});

it("two that run at the same time and share a sandbox pay each second and the creation once together", () => {
  let ranNs = 0n;
  const bill = openUsageBook(() => [reading("shared", ranNs)]);
  // Both began before it was made; the first had it until 70, the second from then on.
  ranNs = 70n;
  const first = bill(new Set(["shared"]));
  ranNs = 90n;
  const second = bill(new Set(["shared"]));
  const sum = (of: "ranNs" | "creations"): bigint =>
    [...first, ...second].reduce((all, row) => all + BigInt(row[of]), 0n);
  expect([sum("ranNs"), sum("creations")]).toEqual([90n, 1n]);
});

it("one that was made ahead is paid by who then has it, with its wait", () => {
  let ranNs = 40n;
  const bill = openUsageBook(() => [reading("warm", ranNs)]);
  ranNs = 100n;
  expect(bill(new Set(["warm"]))).toEqual([{ ...reading("warm", 100n), creations: 1 }]);
});
