// One task in the coordinator's ledger. Its life: queued -> leased -> committing -> done, or back to queued when a lease
// ends without an answer, or dead when it has had its attempts. A fence names exactly one lease of one task.
import type { AgentCell } from "../roster/agent-cell.ts";

export type TaskStatus = "queued" | "leased" | "committing" | "done" | "dead";

export interface TaskCell {
  readonly id: string;
  /** What an agent must be able to do; binding under the specialised strategy, a bonus under the adaptive one. */
  readonly capability: string | null;
  status: TaskStatus;
  /** True once the offer is durable and its source was told so. */
  accepted: boolean;
  /** Leases it has had. */
  attempts: number;
  /** Fence of its present or last lease; 0 before the first. */
  fence: number;
  agent: AgentCell | null;
  grantedMs: number;
  /** Observer's time after which the lease is over. */
  untilMs: number;
  /** Its place in a line; 0 while it does not wait. */
  ticket: number;
  /** Set while the agent was asked to give the task back. */
  recalled: boolean;
  /** Digest of the result, once there is one. */
  result: string | null;
}

export function openTaskCell(id: string, capability: string | null): TaskCell {
  return {
    id,
    capability,
    status: "queued",
    accepted: false,
    attempts: 0,
    fence: 0,
    agent: null,
    grantedMs: 0,
    untilMs: 0,
    ticket: 0,
    recalled: false,
    result: null,
  };
}
