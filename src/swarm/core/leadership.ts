// Winning and losing the coordinator's lease. A new leader knows what the record holds and nothing else: open tasks wait,
// ended ones stay ended, agents are adopted where they run. One that lost its lease says nothing more.
import { openRoster } from "../roster/roster.ts";
import { openHeartbeats } from "../supervise/heartbeats.ts";
import { openLedger } from "../tasks/ledger.ts";
import { ownMs } from "../supervise/observer.ts";
import { invariant } from "../../contracts/invariant.ts";
import { adoptAgent } from "./agents.ts";
import type { RecordEntry } from "./effects.ts";
import { openDue, type Inner } from "./inner.ts";

export function onLeaseWon(core: Inner, epoch: number, entries: readonly RecordEntry[]): void {
  invariant(epoch > core.epoch, "each lease of the coordinator has a higher epoch");
  const { policy } = core;
  core.epoch = epoch;
  core.leading = true;
  core.fences = 0;
  core.recorded = 0;
  core.born = 0;
  core.pendingFrom = 1;
  core.pending.length = 0;
  // Whoever led before may lead again: what that tenure listened to and waited for is none of this one's business.
  core.panels.clear();
  core.heartbeats = openHeartbeats();
  core.due = openDue();
  core.ledger = openLedger(policy, policy.distribution === "specialised");
  core.roster = openRoster(policy.slotsPerAgent, policy.maxAgents);
  core.rebalancedMs = ownMs(core.observer);
  const agents = new Map<string, readonly string[]>();
  for (const entry of entries) replay(core, agents, entry);
  core.wanted = Math.min(core.bounds.max, Math.max(core.bounds.min, agents.size));
  core.shrinking = agents.size > core.wanted;
  for (const [agentId, capabilities] of agents) adoptAgent(core, agentId, capabilities);
}

function replay({ ledger }: Inner, agents: Map<string, readonly string[]>, entry: RecordEntry): void {
  switch (entry.kind) {
    case "task":
      return ledger.restore(entry.taskId, entry.capability, null);
    case "done":
      return ledger.restore(entry.taskId, null, { status: "done", fence: entry.fence, result: entry.result });
    case "dead":
      return ledger.restore(entry.taskId, null, { status: "dead", fence: 0, result: "" });
    case "agent":
      return void agents.set(entry.agentId, entry.capabilities);
    case "agent-gone":
      return void agents.delete(entry.agentId);
    case "decision":
      return;
  }
}

export function onLeaseLost(core: Inner): void {
  core.leading = false;
}
