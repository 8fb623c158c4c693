// Programs and sandboxes begin and end: what start, restart, replace, stop and adopt come to in the simulated world.
import type { SwarmEvent } from "../../swarm/core/events.ts";
import { capabilityNames, endProgram, isReachable, openAgent, type Capability, type SimAgent } from "./agent.ts";
import { tell } from "./coordinators.ts";
import { heal, lifeFaults } from "./suffer.ts";
import { later, type World } from "./world.ts";

/** How long an agent waits before it says again that it is there. */
const knockAgainMs = 250;
/** Limit of one call to the target. */
const orderWithinMs = 1_000;

export function start(world: World, agentId: string): void {
  const agent = openAgent(agentId, rarest(world), world.nowMs);
  count(world, agent, 1);
  world.agents.set(agentId, agent);
  agent.place = world.inService.push(agent) - 1;
  world.muted.add(agent);
  world.tally.started += 1;
  joinAfter(world, agent, world.sample("replace"));
}

/** What the fewest agents can do, so that nothing is left that nobody can. */
function rarest({ skills }: World): Capability {
  return capabilityNames.reduce((one, other) => (skills[other] < skills[one] ? other : one));
}

function count({ skills }: World, { capabilities }: SimAgent, by: number): void {
  for (const name of capabilityNames) if (capabilities.includes(name)) skills[name] += by;
}

/** The old program ends, a new one starts in the same sandbox; nothing happens where nobody can reach. */
export function restart(world: World, agent: SimAgent, waitMs: number): void {
  if (agent.stopped) return;
  // The order is given up when nobody answered it, or at once when the target knows no such sandbox.
  if (agent.cut) return orderFails(world, agent, orderWithinMs);
  if (agent.sandboxDead) return orderFails(world, agent, world.sample("hop"));
  endProgram(agent);
  world.muted.add(agent);
  joinAfter(world, agent, waitMs + world.sample("restart"));
}

function orderFails(world: World, agent: SimAgent, afterMs: number): void {
  later(world, afterMs, () => {
    tell(world, { kind: "not-started", agentId: agent.id, sandboxGone: true });
  });
}

/** A new sandbox somewhere else: none of the old one's troubles come along. */
export function replace(world: World, agent: SimAgent, waitMs: number): void {
  if (agent.stopped) return;
  endProgram(agent);
  world.muted.add(agent);
  bill(world, agent);
  agent.sinceMs = world.nowMs;
  agent.sandboxDead = false;
  agent.cut = false;
  agent.clockRate = 1;
  agent.liar = null;
  agent.sandboxIsNew = true;
  joinAfter(world, agent, waitMs + world.sample("replace"));
}

export function stop(world: World, agent: SimAgent): void {
  if (agent.stopped) return;
  bill(world, agent);
  endProgram(agent);
  agent.stopped = true;
  count(world, agent, -1);
  world.muted.delete(agent);
  const last = world.inService.pop();
  if (last !== undefined && last !== agent) {
    world.inService[agent.place] = last;
    last.place = agent.place;
  }
  world.agents.delete(agent.id);
}

/** Sandbox time until now; what still runs at the end is billed then. */
export function bill(world: World, agent: SimAgent): void {
  world.meters.push({ agentId: agent.id, ranMs: world.nowMs - agent.sinceMs });
}

function joinAfter(world: World, agent: SimAgent, afterMs: number): void {
  const { incarnation } = agent;
  later(world, afterMs, () => {
    if (agent.incarnation !== incarnation || agent.stopped || agent.sandboxDead) return;
    agent.alive = true;
    if (!agent.cut) world.muted.delete(agent);
    knock(world, agent, incarnation);
  });
}

/** Says that it is there until a coordinator hears it. */
function knock(world: World, agent: SimAgent, incarnation: number): void {
  if (agent.incarnation !== incarnation || agent.stopped) return;
  if (isReachable(agent) && arrives(world, agent)) return;
  later(world, knockAgainMs, () => knock(world, agent, incarnation));
}

/** A new coordinator asks a running agent what it holds. */
export function adopt(world: World, agent: SimAgent, epoch: number): void {
  if (!isReachable(agent)) return;
  agent.epoch = Math.max(agent.epoch, epoch);
  const { incarnation } = agent;
  const standsMs = Math.max(0, agent.stalledUntilMs - world.nowMs);
  later(world, standsMs + 2 * world.sample("hop"), () => {
    if (agent.incarnation === incarnation && isReachable(agent)) arrives(world, agent);
  });
}

/** A leader hears that it is there: whatever had ended or silenced its program is over. */
function arrives(world: World, agent: SimAgent): boolean {
  if (!tell(world, joined(agent))) return false;
  heal(world, agent.id, { timed: true, kinds: agent.sandboxIsNew ? all : lifeFaults });
  agent.sandboxIsNew = false;
  return true;
}

const all: ReadonlySet<string> = new Set([...lifeFaults, "byzantine", "clock-skew"]);

function joined(agent: SimAgent): SwarmEvent {
  const holding = agent.held.map(({ taskId, fence }) => ({ taskId, fence }));
  return { kind: "joined", agentId: agent.id, capabilities: agent.capabilities, holding };
}
