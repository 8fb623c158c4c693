// Effects of a coordinator become things that happen in the world.
import { unreachable } from "../../contracts/invariant.ts";
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import { ballotsOf } from "./ballots.ts";
import { isReachable, type SimAgent } from "./agent.ts";
import { coordinatorWorks, refuseStale, step, tell } from "./coordinators.ts";
import { adopt, replace, restart, start, stop } from "./lives.ts";
import { deliver, drop, recall, travel } from "./messages.ts";
import { heal, lifeFaults, observe } from "./suffer.ts";
import { later, type Coordinator, type World } from "./world.ts";

export function perform(world: World, coordinator: Coordinator, effect: SwarmEffect): void {
  // What a stale coordinator wants reaches nobody but the record, which refuses it, and agents that obey a higher epoch.
  if (coordinator !== world.leader && effect.kind !== "record" && effect.kind !== "send") return;
  switch (effect.kind) {
    case "record":
      return write(world, coordinator, effect);
    case "accepted":
      return world.source.accepted(effect.taskId);
    case "full":
      world.tally.refusedFull += 1;
      return world.source.refused(effect.taskId);
    case "done":
      coordinatorWorks(world);
      return ended(world, effect.taskId);
    case "dead":
      return ended(world, effect.taskId);
    case "decided":
      return decided(world, effect);
    case "no-panel":
      world.tally.votes.noPanel += 1;
      return;
    case "scaled":
      return;
    case "start":
      return start(world, effect.agentId);
    default: {
      const agent = world.agents.get(effect.agentId);
      if (agent !== undefined) return performOn(world, coordinator, agent, effect);
    }
  }
}

type OnAgent = Exclude<Extract<SwarmEffect, { readonly agentId: string }>, { kind: "start" }>;

function performOn(world: World, coordinator: Coordinator, agent: SimAgent, effect: OnAgent): void {
  switch (effect.kind) {
    case "send":
      return deliver(world, agent, effect, coordinator.epoch);
    case "recall":
      return recall(world, agent, { taskId: effect.taskId, fence: effect.fence });
    case "expired":
    case "moved":
      return drop(agent, effect.fence);
    case "fenced":
      world.tally.fenced += 1;
      if (agent.clockRate !== 1) observe(world, agent.id, { timed: false, kinds: drifts });
      return drop(agent, effect.fence);
    case "ask":
      return ask(world, agent, effect.voteId, effect.hops);
    case "adopt":
      return adopt(world, agent, coordinator.epoch);
    case "restart":
      return restart(world, agent, effect.waitMs);
    case "replace":
      return replace(world, agent, effect.waitMs);
    case "stop":
      return stop(world, agent);
    case "detected":
      return observe(world, agent.id, { timed: true, kinds: effect.by === "equivocation" ? lies : lifeFaults });
    case "recovered":
      return;
    case "escalated":
      world.tally.escalated += 1;
      return;
    default:
      return unreachable(effect);
  }
}

const lies: ReadonlySet<string> = new Set(["byzantine"]);
const drifts: ReadonlySet<string> = new Set(["clock-skew"]);

/** Writes of one moment become durable together. */
function write(world: World, coordinator: Coordinator, effect: Extract<SwarmEffect, { kind: "record" }>): void {
  if (!world.record.take(effect)) return refuseStale(world, coordinator);
  if (world.commitPending) return;
  world.commitPending = true;
  later(world, commitEveryMs + world.sample("put"), () => commit(world, coordinator));
}

/** A writer gathers for so long before it commits: fewer, larger commits, as group commit does under load. */
const commitEveryMs = 25;

function commit(world: World, coordinator: Coordinator): void {
  if (world.record.epoch() !== coordinator.epoch) return;
  world.commitPending = false;
  const { upTo, entries } = world.record.commit();
  world.auditor.committed(entries);
  for (const { kind } of entries) if (kind === "done" || kind === "dead") world.tally.ends[kind] += 1;
  // A dead or sleeping author is not told; its successor reads the record.
  if (coordinator === world.leader && coordinator.alive) {
    if (coordinator.pausedUntilMs <= world.nowMs) step(world, coordinator, { kind: "recorded", upTo });
    else later(world, coordinator.pausedUntilMs - world.nowMs, () => hearLate(world, coordinator, upTo));
  }
}

function hearLate(world: World, coordinator: Coordinator, upTo: number): void {
  if (coordinator === world.leader && coordinator.alive) step(world, coordinator, { kind: "recorded", upTo });
}

function ended(world: World, taskId: string): void {
  world.source.ended(taskId, world.nowMs);
  if (world.suffering.size > 0) heal(world, taskId, { timed: false });
}

function ask(world: World, agent: SimAgent, voteId: string, hops: number): void {
  world.tally.messages += 1;
  world.tally.hops += hops;
  if (agent.liar !== null) {
    const liars = world.liarsOf.get(voteId) ?? new Set();
    world.liarsOf.set(voteId, liars.add(agent.id));
    world.auditor.liar(voteId, agent.id);
  }
  if (!isReachable(agent)) return;
  const { incarnation } = agent;
  const standsMs = Math.max(0, agent.stalledUntilMs - world.nowMs);
  later(world, standsMs + 2 * travel(world, hops) + world.sample("vote"), () => {
    if (agent.incarnation !== incarnation || !isReachable(agent)) return;
    const ballots = ballotsOf(agent, voteId, world.random);
    if (ballots.length > 0) tell(world, { kind: "voted", agentId: agent.id, voteId, ballots });
  });
}

function decided(world: World, { voteId, decision }: Extract<SwarmEffect, { kind: "decided" }>): void {
  if (decision.action === "none") world.tally.votes.noTrade += 1;
  else world.tally.votes.traded += 1;
  // A liar that was outvoted, refused or silent has been seen for what it did.
  for (const liar of world.liarsOf.get(voteId) ?? []) observe(world, liar, { timed: false, kinds: lies });
  world.liarsOf.delete(voteId);
}
