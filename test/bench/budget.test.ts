import { expect, test } from "vitest";
import { spending } from "../../bench/budget.ts";
import { goldenPlan } from "../harness/golden-bundle.ts";

// 14,000 + 4,500 / 2 nano-dollars a second: an hour is 58,500 micro-dollars.
const hour = { sandboxId: "s", cpuCount: 1, memoryMb: 512, ranNs: 3_600_000_000_000n };

test("the meters stop the run once they pass its budget, and not before", () => {
  const afford = spending(goldenPlan({ budgetMicroUsd: 58_500 }));
  expect(() => afford([hour])).not.toThrow();
  expect(() => afford([hour, { ...hour, ranNs: 1n }])).toThrow(
    expect.objectContaining({
      code: "budget.exceeded",
      details: { spentMicroUsd: 58_501, budgetMicroUsd: 58_500 },
    }),
  );
});

test("without a budget there is nothing to stop", () => {
  expect(() => spending(goldenPlan())([hour])).not.toThrow();
});
