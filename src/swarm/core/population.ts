// Who counts as an agent of the swarm.
import type { AgentCell } from "../roster/agent-cell.ts";
import type { Inner } from "./inner.ts";

export function isServing({ status }: AgentCell): boolean {
  return status === "ready" || status === "draining";
}

/** Agents that serve or are about to; those that drain are on their way out. */
export function population({ roster }: Inner): number {
  return roster.countOf("ready") + roster.countOf("initializing") + roster.countOf("error");
}
