// Evening out the work because people ask for it: what waits behind a busy agent's first task goes to the least busy ones, at
// once and under new fences. Nobody is asked: an answer of the agent it was taken from is fenced, so each task is completed once.
import { invariant } from "../../contracts/invariant.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import type { TaskCell } from "../tasks/task-cell.ts";
import { isUneven } from "../tasks/rebalance.ts";
import { lease, unload } from "./dispatch.ts";
import type { Inner } from "./inner.ts";

/** Moves until no two ready agents differ by more than one task. O(agents) for each move: for people, not for ticks. */
export function evenOut(core: Inner, gap: number): void {
  const { policy, roster } = core;
  const ready = roster.members().filter(({ status }) => status === "ready");
  const { offlineShare, maxMoves } = policy.rebalance;
  if (ready.length < 2 || !isUneven(roster, policy.slotsPerAgent, { gap, offlineShare })) return;
  for (let moved = 0; moved < maxMoves; moved += 1) {
    const [least, busiest] = [outermost(ready, -1), outermost(ready, 1)];
    // The first open task is being worked on: it stays.
    const task = busiest.open.at(-1);
    if (task === undefined || busiest.open.length - least.open.length < 2) return;
    move(core, task, busiest, least);
  }
}

function move(core: Inner, task: TaskCell, from: AgentCell, to: AgentCell): void {
  const { fence } = task;
  unload(core, task, from, "moved");
  const outcome = core.ledger.giveBack(task, true);
  invariant(outcome === "queued" && core.ledger.waiting.remove(task), "what is taken back blamelessly waits again");
  core.out.push({ kind: "moved", agentId: from.id, to: to.id, taskId: task.id, fence });
  lease(core, task, to, false);
}

/** The first with the most open tasks, or with the fewest for -1. */
function outermost(agents: readonly AgentCell[], sign: 1 | -1): AgentCell {
  return agents.reduce((best, agent) => (sign * (agent.open.length - best.open.length) > 0 ? agent : best));
}
