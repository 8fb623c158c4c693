// Tasks on their way to an agent, through it, and their answers back. One queued thing stands for the whole trip; kills,
// stalls and cuts are looked at when it would arrive, so that a hundred thousand undisturbed agents cost next to nothing.
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import { isReachable, letGo, type SimAgent, type Work } from "./agent.ts";
import { tell } from "./coordinators.ts";
import { observe, strike } from "./suffer.ts";
import { later, listening, type World } from "./world.ts";

type Send = Extract<SwarmEffect, { kind: "send" }>;
type Fate = "arrives" | "drop" | "delay" | "duplicate";

const longestDelayMs = 5_000;

export function deliver(world: World, agent: SimAgent, send: Send, epoch: number): void {
  const { tally } = world;
  tally.leases += 1;
  tally.messages += 1;
  tally.hops += send.hops;
  // An agent obeys only the highest epoch it has heard of.
  if (!isReachable(agent) || epoch < agent.epoch) return;
  agent.epoch = epoch;
  if (send.resumed) return resume(world, agent, send);
  const fate = fateOf(world);
  if (fate === "drop") return takeEffect(world, "drop", send.taskId);
  // The second copy of a lease is recognised by its fence.
  if (fate === "duplicate") takeEffect(world, "duplicate", send.taskId);
  const arrivesMs = world.nowMs + travel(world, send.hops) + (fate === "delay" ? delay(world, send.taskId) : 0);
  const startMs = Math.max(arrivesMs, agent.freeAtMs, agent.stalledUntilMs);
  // By its own clock the lease is over before it could begin.
  if ((startMs - arrivesMs) * agent.clockRate > send.leaseMs) {
    tally.selfFenced += 1;
    return;
  }
  const endMs = startMs + world.sample("work");
  agent.freeAtMs = endMs;
  const work: Work = {
    kind: "work",
    agent,
    incarnation: agent.incarnation,
    taskId: send.taskId,
    hops: send.hops,
    fence: send.fence,
    startMs,
    endMs,
    stallSeen: agent.stalledMs,
    cancelled: false,
    parked: false,
    late: false,
  };
  agent.held.push(work);
  world.queue.push(endMs + travel(world, send.hops), work);
}

/** The moment an answer would reach the coordinator. */
export function arrive(world: World, work: Work): void {
  const { agent } = work;
  if (work.cancelled || agent.incarnation !== work.incarnation || !agent.held.includes(work)) return;
  const shiftMs = agent.stalledMs - work.stallSeen;
  work.stallSeen = agent.stalledMs;
  if (shiftMs > 0 && work.endMs > agent.stallFromMs) {
    work.endMs += shiftMs;
    work.startMs += work.startMs > agent.stallFromMs ? shiftMs : 0;
    return world.queue.push(world.nowMs + shiftMs, work);
  }
  if (!isReachable(agent) || listening(world) === null) {
    work.parked = true;
    return;
  }
  const fate = work.late ? "arrives" : fateOf(world);
  if (fate === "delay") {
    work.late = true;
    return world.queue.push(world.nowMs + delay(world, work.taskId), work);
  }
  world.tally.messages += 1;
  world.tally.hops += work.hops;
  letGo(agent, work);
  if (fate === "drop") return takeEffect(world, "drop", work.taskId);
  if (agent.liar !== null) forge(world, agent, work);
  if (world.settings.faults.refuse > 0 && world.random.next() < world.settings.faults.refuse) {
    strike(world, "refusal", work.taskId);
    observe(world, work.taskId, { timed: false });
    return void tell(world, { kind: "refused", agentId: agent.id, taskId: work.taskId, fence: work.fence });
  }
  answer(world, work);
  if (fate !== "duplicate") return;
  takeEffect(world, "duplicate", work.taskId);
  later(world, travel(world, work.hops), () => answer(world, work));
}

function answer(world: World, { agent, taskId, fence }: Work): void {
  tell(world, { kind: "answered", agentId: agent.id, taskId, fence, result: `result of ${taskId}` });
}

/** A lying agent also claims work that is not its own: a neighbour's task, and its own under a fence it made up. */
function forge(world: World, agent: SimAgent, { taskId, fence }: Work): void {
  const other = world.inService[Math.floor(world.random.next() * world.inService.length)];
  for (const held of other?.held ?? []) {
    const claim = { taskId: held.taskId, fence: held.fence };
    tell(world, { kind: "answered", agentId: agent.id, ...claim, result: "a lie" });
    break;
  }
  tell(world, { kind: "answered", agentId: agent.id, taskId, fence: fence + 1, result: "a lie" });
  observe(world, agent.id, { timed: false, kinds: new Set(["byzantine"]) });
}

/** What could not be sent is sent again when the way is free. */
export function sendParked(world: World, agent: SimAgent): void {
  for (const work of agent.held) {
    if (!work.parked) continue;
    work.parked = false;
    world.queue.push(world.nowMs + travel(world, work.hops), work);
  }
}

/** The same work under a new lease. */
function resume(world: World, agent: SimAgent, { taskId, fence }: Send): void {
  for (const work of agent.held) {
    if (work.taskId !== taskId) continue;
    work.fence = fence;
    if (!work.parked) return;
    work.parked = false;
    return world.queue.push(world.nowMs + travel(world, work.hops), work);
  }
}

/** A recall is granted while the work has not begun. */
export function recall(world: World, agent: SimAgent, held: { readonly taskId: string; readonly fence: number }): void {
  later(world, 2 * world.sample("hop"), () => {
    if (!isReachable(agent) || agent.stalledUntilMs > world.nowMs) return;
    let unbegun = false;
    for (const work of agent.held.slice()) {
      if (work.fence !== held.fence || work.startMs <= world.nowMs) continue;
      unbegun = true;
      work.cancelled = true;
      letGo(agent, work);
    }
    tell(world, { kind: "returned", agentId: agent.id, ...held, unbegun });
  });
}

/** The agent forgets what was fenced off. */
export function drop(agent: SimAgent, fence: number): void {
  for (const work of agent.held.slice()) if (work.fence === fence) letGo(agent, work);
}

export function travel(world: World, hops: number): number {
  let ms = 0;
  for (let hop = 0; hop < hops; hop += 1) ms += world.sample("hop");
  return ms;
}

function fateOf({ settings: { faults }, random }: World): Fate {
  if (faults.drop + faults.delay + faults.duplicate === 0) return "arrives";
  const drawn = random.next();
  if (drawn < faults.drop) return "drop";
  if (drawn < faults.drop + faults.delay) return "delay";
  return drawn < faults.drop + faults.delay + faults.duplicate ? "duplicate" : "arrives";
}

function delay(world: World, taskId: string): number {
  takeEffect(world, "delay", taskId);
  return world.random.next() * longestDelayMs;
}

/** A fault of a message is its own observation; it is healed when the task has ended all the same. */
function takeEffect(world: World, kind: Exclude<Fate, "arrives">, taskId: string): void {
  strike(world, kind, taskId);
  observe(world, taskId, { timed: false });
}
