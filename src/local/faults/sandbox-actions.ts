// What faults do to a whole sandbox: end it, slow it, fill a disk of its own, break its open connections.
import type { ServedResponse } from "../served.ts";
import type { FaultAction } from "../../contracts/fault-plan.ts";
import type { IsolationLabel } from "../isolation/backend.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { Attempt } from "./book.ts";
import type { FaultContext } from "./fault-context.ts";
import { fillProblem, fillUp } from "./fill-up.ts";
import type { SandboxAction } from "./fits.ts";
import { slowDown } from "./slow-down.ts";

export interface Disturbance {
  readonly sandbox: LocalSandbox;
  readonly attempt: Attempt;
  /** The call that met the fault; its own connection stays. */
  readonly spared: ServedResponse | null;
}

/** Why a fault cannot be had on this machine, or null. */
export function unavailable(label: IsolationLabel, action: FaultAction): string | null {
  return action.kind === "fill" ? fillProblem(label, action) : null;
}

/** Resolves when the fault is in force. */
export async function actOnSandbox(
  context: FaultContext,
  disturbance: Disturbance,
  action: SandboxAction,
): Promise<void> {
  const { sandbox, attempt, spared } = disturbance;
  switch (action.kind) {
    case "kill":
      await context.table.kill(sandbox);
      return attempt.observe("every process of the sandbox is gone");
    case "slow":
      return slowDown(context.clock, disturbance, action);
    case "fill":
      return fillUp(context, disturbance, action);
    case "reset-streams":
      return attempt.observe(`${context.open.breakAll(sandbox.id, spared)} open connections broke`);
  }
}
