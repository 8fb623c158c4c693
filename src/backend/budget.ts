// The budget gate before anything starts: the most a plan can cost is its whole life at list price.
import type { Resources } from "../contracts/sandbox.ts";
import { budgetGate } from "../costs/budget-gate.ts";
import { priceOf } from "../costs/price-of.ts";
import { readPriceList } from "../costs/read-price-list.ts";
import type { Settings } from "./settings.ts";

/** The default template: 1 vCPU, 512 MiB (decision 4). */
export const defaultSize: Resources = { cpuCount: 1, memoryMb: 512 };

/** Throws `budget.exceeded` when `count` sandboxes of `lifeSeconds` could cost more than COST_BUDGET_DAILY. */
export function refuseOverBudget(
  settings: Settings,
  count: number,
  lifeSeconds: number,
  size: Resources = defaultSize,
): void {
  const ranNs = BigInt(lifeSeconds) * 1_000_000_000n;
  const readings = Array.from({ length: count }, (_, i) => ({ ...size, sandboxId: `planned-${i}`, ranNs }));
  budgetGate(0, priceOf(readings, readPriceList()).totalMicroUsd, { limitMicroUsd: settings.budgetMicroUsd });
}
