// What goes wrong, when, and to whom: a Poisson process per kind, all from the seed. A fault that finds its victim already
// dead or cut off was planned and attempted; it is never observed.
import { isReachable, liarKinds, endProgram, type SimAgent } from "./agent.ts";
import { loseLeader, tell, wakeStale } from "./coordinators.ts";
import { sendParked } from "./messages.ts";
import { heal, lifeFaults, miss, observe, strike } from "./suffer.ts";
import { later, listening, type World } from "./world.ts";

const hourMs = 3_600_000;
/** Stalls and cuts are this long at least and at most, ms. */
const pauseMs = { shortest: 100, longest: 10_000 } as const;
const coordinatorPauseMs = { shortest: 200, longest: 5_000 } as const;

/** Sets every kind going until `untilMs`. */
export function scheduleFaults(world: World, untilMs: number): void {
  const { faults, agents } = world.settings;
  const repeat = (perHour: number, act: () => void): void => {
    if (perHour <= 0) return;
    const next = (): void => {
      const waitMs = (-Math.log(1 - world.random.next()) / perHour) * hourMs;
      if (world.nowMs + waitMs >= untilMs) return;
      later(world, waitMs, () => {
        act();
        next();
      });
    };
    next();
  };
  repeat(faults.kill * agents, () => onOne(world, (agent) => kill(world, agent, false)));
  repeat(faults.sandboxKill * agents, () => onOne(world, (agent) => kill(world, agent, true)));
  repeat(faults.stall * agents, () => onOne(world, (agent) => stall(world, agent)));
  repeat(faults.skew * agents, () => onOne(world, (agent) => skew(world, agent)));
  repeat(faults.liar * agents, () => onOne(world, (agent) => corrupt(world, agent)));
  repeat(faults.partition, () => partition(world));
  repeat(faults.coordinatorKill, () => killCoordinator(world));
  repeat(faults.coordinatorPause, () => pauseCoordinator(world));
}

function onOne({ inService, random }: World, act: (agent: SimAgent) => void): void {
  const agent = inService[Math.floor(random.next() * inService.length)];
  if (agent !== undefined) act(agent);
}

/** kill -9 of the program, or the end of its whole sandbox: the stream says so in a moment, unless it is cut. */
function kill(world: World, agent: SimAgent, withSandbox: boolean): void {
  const kind = withSandbox ? "sandbox-kill" : "kill";
  if (!agent.alive) return miss(world, kind);
  strike(world, kind, agent.id);
  const wasReachable = isReachable(agent);
  endProgram(agent);
  if (withSandbox) agent.sandboxDead = true;
  world.muted.add(agent);
  if (!wasReachable) return;
  const { incarnation } = agent;
  later(world, world.sample("hop"), () => {
    if (agent.incarnation !== incarnation) return;
    tell(world, { kind: "exited", agentId: agent.id, sandboxGone: withSandbox });
  });
}

/** SIGSTOP, and SIGCONT after a while. */
function stall(world: World, agent: SimAgent): void {
  if (!isReachable(agent) || agent.stalledUntilMs > world.nowMs) return miss(world, "stall");
  strike(world, "stall", agent.id);
  const lastsMs = drawn(world, pauseMs);
  agent.stallFromMs = world.nowMs;
  agent.stalledUntilMs = world.nowMs + lastsMs;
  agent.stalledMs += lastsMs;
  agent.freeAtMs = Math.max(agent.freeAtMs, world.nowMs) + lastsMs;
  world.muted.add(agent);
  const { incarnation } = agent;
  later(world, lastsMs, () => {
    if (agent.incarnation !== incarnation) return;
    unmute(world, agent);
    healUnlessAccused(world, agent);
  });
}

/** A share of the agents is cut off from the coordinator for a while; what they finish meanwhile they keep. */
function partition(world: World): void {
  const { inService, settings, random } = world;
  const size = Math.max(1, Math.floor(inService.length * settings.faults.partitionShare));
  const first = Math.floor(random.next() * inService.length);
  const members = Array.from({ length: size }, (_, at) => inService[(first + at) % inService.length]);
  const cut = members.filter((agent) => agent !== undefined).filter((agent) => isReachable(agent));
  for (const agent of cut) {
    strike(world, "partition", agent.id);
    agent.cut = true;
    world.muted.add(agent);
  }
  later(world, drawn(world, pauseMs), () => {
    for (const agent of cut) {
      // A replacement was made elsewhere and is not cut.
      if (!agent.cut || agent.stopped) continue;
      agent.cut = false;
      unmute(world, agent);
      sendParked(world, agent);
      healUnlessAccused(world, agent);
    }
  });
}

/** Its clock runs at another rate: it gives up leases too early, or works on when they are long over. */
function skew(world: World, agent: SimAgent): void {
  if (agent.clockRate !== 1) return miss(world, "clock-skew");
  strike(world, "clock-skew", agent.id);
  agent.clockRate = 0.25 + world.random.next() * 3.75;
}

function corrupt(world: World, agent: SimAgent): void {
  if (agent.liar !== null) return miss(world, "byzantine");
  strike(world, "byzantine", agent.id);
  agent.liar = liarKinds[Math.floor(world.random.next() * liarKinds.length)] ?? "opposes";
}

function killCoordinator(world: World): void {
  if (world.leader === null || listening(world) === null) return miss(world, "coordinator-kill");
  strike(world, "coordinator-kill", "coordinator");
  world.leader.alive = false;
  loseLeader(world);
}

function pauseCoordinator(world: World): void {
  const { leader } = world;
  if (leader === null || listening(world) === null) return miss(world, "coordinator-pause");
  strike(world, "coordinator-pause", "coordinator");
  const lastsMs = drawn(world, coordinatorPauseMs);
  leader.pausedUntilMs = world.nowMs + lastsMs;
  loseLeader(world);
  later(world, lastsMs, () => {
    if (world.leader !== leader) return wakeStale(world, leader);
    // Awake within its lease: what waited in its sockets arrives now.
    for (const agent of world.inService) if (isReachable(agent)) sendParked(world, agent);
    heal(world, "coordinator", { timed: false });
  });
}

function unmute(world: World, agent: SimAgent): void {
  if (isReachable(agent) && agent.stalledUntilMs <= world.nowMs) world.muted.delete(agent);
}

/** A disturbance that ended before anyone acted on it is over by itself. */
function healUnlessAccused(world: World, agent: SimAgent): void {
  if (world.auditor.isAccused(agent.id)) return;
  if (agent.missedBeat) observe(world, agent.id, { timed: false, kinds: lifeFaults });
  agent.missedBeat = false;
  heal(world, agent.id, { timed: false, kinds: lifeFaults });
}

function drawn(
  { random }: World,
  { shortest, longest }: { readonly shortest: number; readonly longest: number },
): number {
  return shortest + random.next() * (longest - shortest);
}
