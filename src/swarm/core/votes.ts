// Votes: a panel is asked, its ballots are judged by the consensus room, the decision is recorded before anyone hears it.
import type { Ballot } from "../../contracts/ballots.ts";
import { ownMs } from "../supervise/observer.ts";
import { panelSize } from "../tasks/distribute.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import { hopsTo } from "../topology/hops-to.ts";
import { closePanel, equivocators, hear, openPanel, type Panel } from "../votes/panels.ts";
import { record, type Inner } from "./inner.ts";
import { isServing, population } from "./population.ts";

export function onVoteOffered(core: Inner, voteId: string): void {
  const { roster, policy, out, panels } = core;
  if (panels.has(voteId)) return;
  const agents = choosePanel(core);
  if (agents.length === 0) return void out.push({ kind: "no-panel", voteId });
  const asked = agents.filter((agent) => isServing(agent));
  // A new leader waits for those it is still finding: their silence would be its own doing.
  const found = agents.filter(({ status, recorded }) => status === "initializing" && recorded);
  const panel = openPanel({
    voteId,
    members: agents.map(({ id }) => id),
    awaited: [...asked, ...found].map(({ id }) => id),
    unasked: found.map(({ id }) => id),
    keyOf: core.keyOf,
  });
  panels.set(voteId, panel);
  core.due.push(ownMs(core.observer) + policy.voteWithinMs, { kind: "vote", panel });
  for (const agent of asked) {
    const hops = hopsTo(policy.overlay, agent.slot, roster.living);
    out.push({ kind: "ask", agentId: agent.id, voteId, hops });
  }
  if (panel.awaited.size === 0) decideVote(core, panel);
}

/** An agent that was found has joined: votes that waited for it are put to it. */
export function askLate({ roster, policy, out, panels }: Inner, agent: AgentCell): void {
  for (const { voteId, unasked } of panels.values()) {
    if (!unasked.delete(agent.id)) continue;
    const hops = hopsTo(policy.overlay, agent.slot, roster.living);
    out.push({ kind: "ask", agentId: agent.id, voteId, hops });
  }
}

/**
 * Of all agents that belong to the swarm, those that are down included: the least loaded, then the busy, then those that are
 * being brought back, whose silence counts. So a swarm of which most are dead has no quorum instead of a smaller panel.
 */
function choosePanel(core: Inner): readonly AgentCell[] {
  const { roster } = core;
  const size = panelSize(Math.max(population(core), core.wanted));
  const free = roster.least(null, size);
  if (free.length === size) return free;
  const isFree = new Set(free);
  const others = roster.members().filter((agent) => !isFree.has(agent) && agent.status !== "offline");
  const [busy, down] = [others.filter((agent) => isServing(agent)), others.filter((agent) => !isServing(agent))];
  const panel = [...free, ...busy, ...down].slice(0, size);
  return panel.length < size ? [] : panel;
}

export function onVoted(core: Inner, agentId: string, voteId: string, ballots: readonly Ballot[]): void {
  const panel = core.panels.get(voteId);
  if (panel !== undefined && hear(panel, agentId, ballots)) decideVote(core, panel);
}

/** Its time is over, or everyone was heard. Decided once. */
export function decideVote(core: Inner, panel: Panel): void {
  if (!core.panels.delete(panel.voteId)) return;
  const { verify, policy } = core;
  const decision = closePanel(panel, { deadbandPpm: policy.deadbandPpm, verify });
  record(
    core,
    { kind: "decision", voteId: panel.voteId, decision },
    { kind: "decide", voteId: panel.voteId, decision },
  );
  core.accused.push(...equivocators(decision));
}

/** An agent that failed is silent in every vote that still waits for it. */
export function loseVotes(core: Inner, agentId: string): void {
  for (const panel of core.panels.values()) if (hear(panel, agentId, [])) decideVote(core, panel);
}
