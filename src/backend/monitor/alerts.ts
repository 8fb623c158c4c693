// What is over a threshold now. A figure that was not measured raises nothing and clears nothing: it is shown as not measured.
import type { MonitorOutput } from "../../contracts/operations/monitor.ts";

export interface Thresholds {
  /** Cost of the day over the budget. */
  readonly budgetShare: number;
  readonly createP95Ms: number;
  readonly successRate: number;
}

/** The report's: 80 % of the budget, 5 s, 90 %. */
export const reportThresholds: Thresholds = { budgetShare: 0.8, createP95Ms: 5_000, successRate: 0.9 };

export function alertsOf(
  { cost, creates }: Pick<MonitorOutput, "cost" | "creates">,
  limits: Thresholds,
): MonitorOutput["alerts"] {
  const alerts: MonitorOutput["alerts"] = [];
  const { budgetShare } = cost;
  if (budgetShare !== null && budgetShare >= limits.budgetShare) {
    const isOver = budgetShare >= 1;
    const spent = `${dollars(cost.totalMicroUsd)} of the budget of ${dollars(cost.budgetMicroUsd)} is spent today`;
    const message = `${spent}, ${percent(budgetShare)}, at least ${percent(limits.budgetShare)}`;
    const severity = isOver ? "critical" : "warning";
    alerts.push({ name: "cost", severity, message, value: budgetShare, limit: limits.budgetShare });
  }
  if (creates.p95Ms !== null && creates.p95Ms > limits.createP95Ms) {
    const message = `95 % of ${creates.timed} creates took up to ${Math.round(creates.p95Ms)} ms, more than ${limits.createP95Ms} ms`;
    alerts.push({ name: "create-p95", severity: "warning", message, value: creates.p95Ms, limit: limits.createP95Ms });
  }
  if (creates.successRate !== null && creates.successRate < limits.successRate) {
    const worked = `${creates.attempts - creates.failed} of ${creates.attempts} creates worked`;
    const message = `${worked}, ${percent(creates.successRate)}, less than ${percent(limits.successRate)}`;
    alerts.push({
      name: "success",
      severity: "critical",
      message,
      value: creates.successRate,
      limit: limits.successRate,
    });
  }
  return alerts;
}

function dollars(microUsd: number): string {
  return `$${(microUsd / 1e6).toFixed(4)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
