// A budget is asked before money is spent, with the most a plan can cost, and again while the meter runs.
import { formatUsd, type MicroUsd } from "../contracts/money.ts";
import { SwarmError } from "../contracts/swarm-error.ts";

export interface Budget {
  readonly limitMicroUsd: MicroUsd;
  /** Share at which a warning is due, millionths; default 800,000. */
  readonly warnPpm?: number;
}
export type BudgetState = "within" | "warning" | "exceeded";

/** Where spending stands: `exceeded` above the limit, `warning` from the warning share on. */
export function budgetState(spentMicroUsd: MicroUsd, { limitMicroUsd, warnPpm = 800_000 }: Budget): BudgetState {
  if (spentMicroUsd > limitMicroUsd) return "exceeded";
  return BigInt(spentMicroUsd) * 1_000_000n >= BigInt(limitMicroUsd) * BigInt(warnPpm) ? "warning" : "within";
}

/** Passes when what is spent plus what is planned stays within the limit; else throws `budget.exceeded`. */
export function budgetGate(spentMicroUsd: MicroUsd, plannedMicroUsd: MicroUsd, budget: Budget): BudgetState {
  const sum = spentMicroUsd + plannedMicroUsd;
  const state = budgetState(sum, budget);
  if (state !== "exceeded") return state;
  const limit = formatUsd(budget.limitMicroUsd);
  const message = `Cannot start: ${formatUsd(spentMicroUsd)} spent and ${formatUsd(plannedMicroUsd)} planned are above ${limit}`;
  throw new SwarmError("budget.exceeded", message, {
    hint: "Plan fewer or smaller sandboxes or less time, or raise the budget",
    details: { spentMicroUsd, plannedMicroUsd, limitMicroUsd: budget.limitMicroUsd },
  });
}
