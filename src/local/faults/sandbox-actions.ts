// What faults do to a whole sandbox: stand still in pulses, fill a disk of its own, break its open connections.
import type { ServerResponse } from "node:http";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { Attempt } from "./book.ts";
import type { FaultContext } from "./fault-context.ts";
import type { SandboxAction } from "./fits.ts";

export interface Disturbance {
  readonly sandbox: LocalSandbox;
  readonly attempt: Attempt;
  /** The call that met the fault; its own connection stays. */
  readonly spared: ServerResponse | null;
}

/** Resolves when the fault is in force. */
export async function actOnSandbox(
  context: FaultContext,
  { sandbox, attempt, spared }: Disturbance,
  action: SandboxAction,
): Promise<void> {
  switch (action.kind) {
    case "kill":
      await context.table.kill(sandbox);
      attempt.observe("every process of the sandbox is gone");
      return;
    case "reset-streams": {
      const broken = context.open.breakAll(sandbox.id, spared);
      attempt.observe(`${broken} open connections broke`);
      return;
    }
    case "slow":
    case "fill":
      attempt.fail("not available");
  }
}
