// Gives waiting tasks to agents while there are both, and takes them back. All leases begin and end here.
import { chooseAgent } from "../tasks/distribute.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import type { TaskCell } from "../tasks/task-cell.ts";
import type { Line } from "../tasks/waiting.ts";
import { ownMs } from "../supervise/observer.ts";
import { hopsTo } from "../topology/hops-to.ts";
import { nextFence, record, type Inner } from "./inner.ts";

/** Weight of the newest answer in the moving mean of latency. */
const newest = 0.1;

export function dispatch(core: Inner): void {
  if (core.ledger.waiting.size() === 0 || core.roster.size() === 0) return;
  for (const line of core.ledger.waiting.lines()) drain(core, line);
}

function drain(core: Inner, line: Line): void {
  const { ledger, roster, policy } = core;
  // Under consensus a task never waits here: it is asked of a panel when it comes.
  const strategy = policy.distribution === "consensus" ? "least-loaded" : policy.distribution;
  for (let task = line.head(); task !== undefined; task = line.head()) {
    const wanted = { capability: task.capability, counter: ledger.granted(), completed: ledger.countOf("done") };
    const agent = chooseAgent(strategy, roster, wanted);
    if (agent === undefined) return;
    ledger.waiting.remove(task);
    lease(core, task, agent, false);
  }
}

/** Leases a task that waits in no line. */
export function lease(core: Inner, task: TaskCell, agent: AgentCell, resumed: boolean): void {
  const { ledger, roster, policy, due } = core;
  const nowMs = ownMs(core.observer);
  const fence = nextFence(core);
  ledger.lease(task, { agent, fence, nowMs, untilMs: nowMs + policy.leaseMs });
  agent.open.push(task);
  roster.refresh(agent, agent.open.length - 1);
  due.push(task.untilMs, { kind: "lease", task, fence });
  const hops = hopsTo(policy.overlay, agent.slot, roster.living);
  core.out.push({ kind: "send", agentId: agent.id, taskId: task.id, fence, leaseMs: policy.leaseMs, hops, resumed });
}

/** The agent no longer holds the task; says how the lease ended for its record of errors and latency. */
export function unload(core: Inner, task: TaskCell, agent: AgentCell, ended: "answered" | "failed" | "moved"): void {
  const at = agent.open.indexOf(task);
  if (at >= 0) agent.open.splice(at, 1);
  if (ended === "answered") {
    const tookMs = ownMs(core.observer) - task.grantedMs;
    agent.latencyMs = agent.completed === 0 ? tookMs : agent.latencyMs * (1 - newest) + tookMs * newest;
    agent.completed += 1;
  }
  if (ended === "failed") agent.failed += 1;
  if (ended !== "moved") agent.errorRate = agent.failed / (agent.failed + agent.completed);
  if (at >= 0) core.roster.refresh(agent, agent.open.length + 1);
}

/** Ends a lease without an answer: the task waits again, first in line, or is dead. */
export function takeBack(core: Inner, task: TaskCell, agent: AgentCell, ended: "failed" | "moved"): void {
  unload(core, task, agent, ended);
  const outcome = core.ledger.giveBack(task, ended === "moved");
  if (outcome === "dead") {
    record(core, { kind: "dead", taskId: task.id, attempts: task.attempts }, { kind: "bury", task });
  }
}
