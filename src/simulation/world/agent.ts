// One agent of the simulated world: what is true of it, whatever the coordinator believes.

export interface SimAgent {
  readonly id: string;
  readonly capabilities: readonly string[];
  /** Its program; a frame of an earlier one is recognised by this number. */
  incarnation: number;
  alive: boolean;
  sandboxDead: boolean;
  /** Taken out of service by the coordinator. */
  stopped: boolean;
  /** Replaced and not heard of since: its old troubles are gone with the old sandbox. */
  sandboxIsNew: boolean;
  cut: boolean;
  stalledUntilMs: number;
  stallFromMs: number;
  /** All time it has stood still or will, ms: work in progress is late by the difference. */
  stalledMs: number;
  /** A beat of it was missed since it was last all right. */
  missedBeat: boolean;
  /** Its seconds per true second. */
  clockRate: number;
  liar: LiarKind | null;
  /** When it can begin the next task. */
  freeAtMs: number;
  /** In no order; a handful at most. */
  readonly held: Work[];
  /** Highest epoch it has obeyed. */
  epoch: number;
  /** Its place among those that can be struck by a fault. */
  place: number;
  /** When its sandbox began to cost money. */
  sinceMs: number;
}

export const liarKinds = ["opposes", "equivocates", "stays-silent", "forges"] as const;
export type LiarKind = (typeof liarKinds)[number];

/** A task inside an agent, and the frame that will carry its answer. */
export interface Work {
  readonly kind: "work";
  readonly agent: SimAgent;
  readonly incarnation: number;
  readonly taskId: string;
  readonly hops: number;
  fence: number;
  startMs: number;
  endMs: number;
  /** What `stalledMs` of the agent this work reckons with. */
  stallSeen: number;
  cancelled: boolean;
  /** The answer is ready and could not be sent. */
  parked: boolean;
  late: boolean;
}

export const capabilityNames = ["market_data", "sentiment", "momentum", "mean_reversion"] as const;

export type Capability = (typeof capabilityNames)[number];

export function openAgent(id: string, capability: Capability, sinceMs: number): SimAgent {
  return {
    id,
    capabilities: [capability],
    incarnation: 0,
    alive: false,
    sandboxDead: false,
    stopped: false,
    sandboxIsNew: false,
    cut: false,
    stalledUntilMs: 0,
    stallFromMs: 0,
    stalledMs: 0,
    missedBeat: false,
    clockRate: 1,
    liar: null,
    freeAtMs: 0,
    held: [],
    epoch: 0,
    place: -1,
    sinceMs,
  };
}

/** True when a frame can pass between it and the coordinator now. */
export function isReachable(agent: SimAgent): boolean {
  return agent.alive && !agent.cut && !agent.stopped;
}

/** The agent holds it no more. */
export function letGo({ held }: SimAgent, work: Work): void {
  const at = held.indexOf(work);
  if (at >= 0) held.splice(at, 1);
}

/** The program ends; everything it held is lost. */
export function endProgram(agent: SimAgent): void {
  agent.incarnation += 1;
  agent.alive = false;
  agent.freeAtMs = 0;
  agent.stalledUntilMs = 0;
  agent.held.length = 0;
}
