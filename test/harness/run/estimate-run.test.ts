import { expect, test } from "vitest";
import { profiles } from "../../../harness/claims/profiles.ts";
import { refuseDearRun } from "../../../harness/run/cost-gate.ts";
import { estimateRun, strongestWithFewer } from "../../../harness/run/estimate-run.ts";
import { readPriceList } from "../../../harness/run/price-list.ts";

const terms = {
  profile: profiles.gate,
  target: "cloud",
  attempt: 1,
  prices: readPriceList("e2b-list"),
  budgetMicroUsd: 5_000_000,
} as const;

test("a claim says its samples, its power, and what fewer would support", () => {
  const { claims } = estimateRun(terms);
  const claim = claims.find(({ id }) => id === "c-cloud.sandbox-create-p99-sla");
  expect(claim).toMatchObject({
    need: "required",
    samples: 775,
    mayExceed: 3,
    // One create a second; 775 sandboxes of about 16 s at 14 + 4.5 / 2 micro-dollars a second.
    seconds: 775,
    microUsd: 201_500,
    fewer: [
      { samples: 299, supports: "P99" },
      { samples: 59, supports: "P95" },
      { samples: 29, supports: "P90" },
      { samples: 5, supports: "P50" },
    ],
  });
  // Reference "measurement", section 5.1: 99.2, 92.9 and 46.0 % for 773.
  const { at1000, at2000, at5000 } = claim?.powerPpm ?? { at1000: 0, at2000: 0, at5000: 0 };
  expect([at1000, at2000, at5000].map((ppm) => Math.round(ppm / 10_000))).toEqual([99, 93, 46]);
});

test("a later attempt plans more samples and more time", () => {
  const first = estimateRun(terms);
  const second = estimateRun({ ...terms, attempt: 2 });
  expect(second.samples).toBeGreaterThan(first.samples);
});

test("59 samples support a P95, 58 do not", () => {
  expect(strongestWithFewer(60, 0.05).map(({ supports }) => supports)).toEqual(["P95", "P90", "P50"]);
  expect(strongestWithFewer(58, 0.05).map(({ supports }) => supports)).toEqual(["P90", "P50"]);
});

test("a cloud run above the budget begins only when the cost is confirmed; a local one costs nothing", () => {
  const request = { target: "cloud", profile: profiles.gate, budgetMicroUsd: 100_000, confirmCost: false } as const;
  const { microUsd, samples, seconds } = estimateRun({ ...terms, budgetMicroUsd: 100_000 });
  expect(() => refuseDearRun(request)).toThrow(
    expect.objectContaining({
      code: "budget.exceeded",
      hint: expect.stringContaining("--confirm-cost"),
      details: { estimateMicroUsd: microUsd, budgetMicroUsd: 100_000, samples, seconds },
    }),
  );
  expect(refuseDearRun({ ...request, confirmCost: true })).toBe(2 * microUsd);
  expect(refuseDearRun({ ...request, target: "local" })).toBe(100_000);
  expect(refuseDearRun({ ...request, budgetMicroUsd: 5_000_000 })).toBe(5_000_000);
});
