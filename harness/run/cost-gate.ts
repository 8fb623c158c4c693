// Money before it is spent: a cloud run whose estimate is above the budget does not begin unless somebody confirmed the cost.
import { formatUsd } from "../../src/contracts/money.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { estimateRun } from "./estimate-run.ts";
import { readPriceList } from "./price-list.ts";
import type { RunRequest } from "./request.ts";

/** A confirmed run may cost this many times its estimate before it is stopped. */
const confirmedFactor = 2;

/** The amount at which the run is stopped, micro-dollars. Throws `budget.exceeded` with the estimate. */
export function refuseDearRun(
  request: Pick<RunRequest, "target" | "profile" | "budgetMicroUsd" | "confirmCost">,
): number {
  const { target, profile, budgetMicroUsd, confirmCost } = request;
  const prices = readPriceList("e2b-list");
  const { microUsd, seconds, samples } = estimateRun({ target, profile, prices, attempt: 1, budgetMicroUsd });
  if (target === "local" || microUsd <= budgetMicroUsd) return budgetMicroUsd;
  if (confirmCost) return confirmedFactor * microUsd;
  const minutes = Math.ceil(seconds / 60);
  throw new SwarmError(
    "budget.exceeded",
    `Cannot start: the profile ${profile.name} would cost about ${formatUsd(microUsd)} on the cloud, the budget is ${formatUsd(budgetMicroUsd)}`,
    {
      hint: `About ${samples} samples in ${minutes} min. Say --confirm-cost to run it all the same, or raise COST_BUDGET_DAILY`,
      details: { estimateMicroUsd: microUsd, budgetMicroUsd, samples, seconds },
    },
  );
}
