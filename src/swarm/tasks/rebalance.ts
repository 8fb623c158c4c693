// When tasks are moved: the busiest agent is well above the average, or too many agents are gone. What moves are leased
// tasks that were not begun, and only after their agent has given them back: two agents never hold one lease.
import type { AgentCell } from "../roster/agent-cell.ts";
import type { Roster } from "../roster/roster.ts";
import type { TaskCell } from "./task-cell.ts";

export interface RebalancePolicy {
  /** Highest load minus average load, fraction of an agent's places. */
  readonly gap: number;
  /** Share of agents that are down. */
  readonly offlineShare: number;
  readonly everyMs: number;
  /** Most tasks asked back at once. */
  readonly maxMoves: number;
}

/** The tasks to ask back, from agents that hold more than one to as many agents that hold none. */
export function tasksToMove(roster: Roster, slots: number, policy: RebalancePolicy): readonly TaskCell[] {
  const ready = roster.countOf("ready");
  if (ready === 0 || !isUneven(roster, slots, policy)) return [];
  const moves: TaskCell[] = [];
  const room = Math.min(policy.maxMoves, roster.holding(0));
  for (const agent of roster.stacked) {
    if (moves.length >= room) break;
    const last = lastNotBegun(agent);
    if (last !== undefined) moves.push(last);
  }
  return moves;
}

/** The busiest agent is well above the average, or too many are down. */
export function isUneven(
  roster: Roster,
  slots: number,
  policy: Pick<RebalancePolicy, "gap" | "offlineShare">,
): boolean {
  const ready = roster.countOf("ready");
  let open = 0;
  let busiest = 0;
  for (let held = 1; held <= slots; held += 1) {
    open += held * roster.holding(held);
    if (roster.holding(held) > 0) busiest = held;
  }
  const down = roster.countOf("error") + roster.countOf("initializing");
  if (down / (down + ready) > policy.offlineShare) return true;
  return busiest / slots - open / (ready * slots) >= policy.gap;
}

/** The first open task is being worked on; only later ones can be given back unbegun. */
function lastNotBegun(agent: AgentCell): TaskCell | undefined {
  const last = agent.open.at(-1);
  return agent.open.length > 1 && last !== undefined && !last.recalled ? last : undefined;
}
