// Coordinator processes: the leader steps the core, a standby takes over when the lease has run out, a stale one that wakes
// up is refused by the record and learns so.
import type { SwarmEvent } from "../../swarm/core/events.ts";
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import type { Trace } from "../trace.ts";
import { heal, observe } from "./suffer.ts";
import { later, listening, optionsOf, type Coordinator, type World } from "./world.ts";

/** Renewed every 200 ms, over after 800 ms without renewal (reference coordination §5). */
const renewMs = 200;
const leaseMs = 800;

/** One event through the core of a coordinator: checked by the auditor, then its effects are performed. */
export function step(world: World, coordinator: Coordinator, event: SwarmEvent): void {
  const { core, auditor, trace, tally, nowMs } = world;
  const { state, effects } = core.step(coordinator.state, event, nowMs);
  coordinator.state = state;
  tally.steps += 1;
  mark(trace, nowMs, event, effects);
  if (coordinator === world.leader) auditor.see({ event, atMs: nowMs, effects, counts: core.counts(state) });
  for (const effect of effects) world.perform(world, coordinator, effect);
}

/** Tells the leader, if there is one that hears. */
export function tell(world: World, event: SwarmEvent): boolean {
  const leader = listening(world);
  if (leader === null) return false;
  step(world, leader, event);
  return true;
}

/** A coordinator gets the lease: the record is fenced first, then it learns what the record holds. */
export function takeLease(world: World): void {
  const epoch = world.record.epoch() + 1;
  world.record.fence(epoch);
  world.commitPending = false;
  world.leader = { state: world.core.open(optionsOf(world)), epoch, alive: true, pausedUntilMs: 0 };
  world.liarsOf.clear();
  world.source.askAgain();
  if (epoch > 1) observe(world, "coordinator", { timed: true });
  step(world, world.leader, { kind: "lease-won", epoch, record: world.record.entries() });
}

/** The leader dies or stands still: whoever watches its lease takes over when it has run out. */
export function loseLeader(world: World): void {
  const afterMs = leaseMs + world.random.next() * renewMs;
  later(world, afterMs, () => {
    if (listening(world) === null) takeLease(world);
  });
}

/** A leader that slept through its lease goes on where it stopped; the record tells it otherwise. */
export function wakeStale(world: World, coordinator: Coordinator): void {
  if (coordinator === world.leader) return;
  step(world, coordinator, { kind: "tick" });
  step(world, coordinator, { kind: "offered", taskId: "of-a-stale-leader", capability: null, vote: false });
}

/** The record refused a write: the author's epoch is over. */
export function refuseStale(world: World, coordinator: Coordinator): void {
  world.tally.staleWrites += 1;
  later(world, world.sample("put"), () => step(world, coordinator, { kind: "lease-lost" }));
}

/** The first durable result under a new leader: the swarm works again. */
export function coordinatorWorks(world: World): void {
  if (world.suffering.has("coordinator")) heal(world, "coordinator", { timed: true });
}

/** A fence names one lease, so it stands for the task and the agent of an effect. */
function mark(trace: Trace, nowMs: number, event: SwarmEvent, effects: readonly SwarmEffect[]): void {
  trace.add(nowMs);
  trace.addWord(event.kind);
  markEvent(trace, event);
  for (const effect of effects) {
    trace.addWord(effect.kind);
    markEffect(trace, effect);
  }
}

/** The usual kinds by name: asking every event what it has is slow where millions are asked. */
function markEvent(trace: Trace, event: SwarmEvent): void {
  switch (event.kind) {
    case "tick":
    case "beats":
    case "recorded":
      return;
    case "offered":
      return trace.addText(event.taskId);
    case "answered":
      trace.addText(event.taskId);
      return trace.addText(event.agentId);
    default:
      if ("taskId" in event) trace.addText(event.taskId);
      if ("agentId" in event) trace.addText(event.agentId);
  }
}

function markEffect(trace: Trace, effect: SwarmEffect): void {
  switch (effect.kind) {
    case "record":
      return;
    case "send":
    case "done":
      return trace.add(effect.fence);
    case "accepted":
      return trace.addText(effect.taskId);
    default:
      if ("fence" in effect) trace.add(effect.fence);
      else if ("taskId" in effect) trace.addText(effect.taskId);
      else if ("agentId" in effect) trace.addText(effect.agentId);
  }
}
