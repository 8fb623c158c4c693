// The hard stop while money is being spent: meters times the plan's price list against the plan's budget.
import { costMicroUsd } from "../harness/certify/cost.ts";
import type { Plan } from "../harness/claims/plan.ts";
import { formatUsd } from "../src/contracts/money.ts";
import type { MeterReading } from "../src/contracts/sandbox.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";

/** Throws `budget.exceeded` once what the readings cost passes the budget. Without a budget or prices it never does. */
export function spending({ budgetMicroUsd = null, priceList }: Plan): (readings: readonly MeterReading[]) => void {
  return (readings) => {
    if (budgetMicroUsd === null || priceList === null) return;
    const meters = readings.map(({ ranNs, cpuCount, memoryMb }) => ({
      ns: Number(ranNs),
      vcpu: cpuCount,
      memMiB: memoryMb,
    }));
    const spent = costMicroUsd(meters, priceList);
    if (spent <= budgetMicroUsd) return;
    throw new SwarmError(
      "budget.exceeded",
      `The run is stopped: its sandboxes have cost ${formatUsd(spent)}, its budget is ${formatUsd(budgetMicroUsd)}`,
      {
        hint: "Raise COST_BUDGET_DAILY, or plan a smaller profile: e2b-swarm plan",
        details: { spentMicroUsd: spent, budgetMicroUsd },
      },
    );
  };
}
