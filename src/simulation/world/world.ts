// Everything one run consists of. Only the files of this folder change it, each its own part; time moves in run-simulation.
import { seededRandom, type Random } from "../../host/random.ts";
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import type { SwarmEvent } from "../../swarm/core/events.ts";
import { defaultPolicy, type SwarmPolicy } from "../../swarm/core/policy.ts";
import type { SwarmOptions } from "../../swarm/core/inner.ts";
import {
  countsOf,
  openSwarmState,
  stepSwarm,
  type SwarmCounts,
  type SwarmState,
  type SwarmStep,
} from "../../swarm/core/step.ts";
import { openTimeQueue, type TimeQueue } from "../../swarm/core/time-queue.ts";
import { openFaultAccount, type FaultAccount } from "../../swarm/supervise/fault-account.ts";
import { openAuditor, type Auditor } from "../invariants/auditor.ts";
import { openSampler, type Sampler } from "../model.ts";
import type { SimulationSettings } from "../settings.ts";
import { openTrace, type Trace } from "../trace.ts";
import type { Capability, SimAgent, Work } from "./agent.ts";
import { openRecord, type SimRecord } from "./record.ts";
import { openSource, type TaskSource } from "./source.ts";
import { isSignedBy, keyOf } from "./ballots.ts";

/** The core under test. A test may hand in one that is broken on purpose. */
export interface SwarmCore {
  readonly open: (options: SwarmOptions) => SwarmState;
  readonly step: (state: SwarmState, event: SwarmEvent, atMs: number) => SwarmStep;
  readonly counts: (state: SwarmState) => SwarmCounts;
}
export const realCore: SwarmCore = { open: openSwarmState, step: stepSwarm, counts: countsOf };

export interface Call {
  readonly kind: "call";
  readonly run: () => void;
}
export type Happening = Work | Call;

/** A coordinator process. */
export interface Coordinator {
  state: SwarmState;
  readonly epoch: number;
  alive: boolean;
  /** Paused until then, ms. */
  pausedUntilMs: number;
}

export interface Tally {
  fenced: number;
  refusedFull: number;
  selfFenced: number;
  leases: number;
  messages: number;
  hops: number;
  beats: number;
  started: number;
  escalated: number;
  staleWrites: number;
  /** Durable ends of tasks. */
  ends: { done: number; dead: number };
  most: number;
  least: number;
  happenings: number;
  steps: number;
  votes: { asked: number; traded: number; noTrade: number; noPanel: number };
}

/** What becomes of an effect; handed in, because effects lead back to coordinators. */
export type Perform = (world: World, coordinator: Coordinator, effect: SwarmEffect) => void;

export interface World {
  readonly perform: Perform;
  readonly settings: SimulationSettings;
  readonly policy: SwarmPolicy;
  readonly core: SwarmCore;
  readonly random: Random;
  readonly coreRandom: Random;
  readonly sample: Sampler;
  readonly queue: TimeQueue<Happening>;
  readonly agents: Map<string, SimAgent>;
  /** Those in service: what faults pick from. */
  readonly inService: SimAgent[];
  /** Alive or not, they do not beat: dead, standing still, or cut off. */
  readonly muted: Set<SimAgent>;
  readonly record: SimRecord;
  readonly source: TaskSource;
  readonly account: FaultAccount;
  /** Faults that an agent, a task or the coordinator still suffers from. */
  readonly suffering: Map<string, OpenFault[]>;
  readonly timings: Map<string, { readonly detection: number[]; readonly downtime: number[] }>;
  readonly auditor: Auditor;
  readonly trace: Trace;
  readonly tally: Tally;
  /** Sandbox time used up by those that ended, ns. */
  readonly meters: { readonly agentId: string; readonly ranMs: number }[];
  leader: Coordinator | null;
  /** Liars of each vote that is under way. */
  readonly liarsOf: Map<string, Set<string>>;
  commitPending: boolean;
  /** Agents in service by what they can do. */
  readonly skills: Record<Capability, number>;
  nowMs: number;
}

export interface OpenFault {
  readonly number: number;
  readonly kind: string;
  readonly atMs: number;
}

const maxHappenings = 20_000_000;
/** Ended tasks stay known by name for about two minutes of work: longer than any change of leader takes. */
const keepEndedMs = 120_000;
const fewestEnded = 2_000;

export function policyOf(settings: SimulationSettings): SwarmPolicy {
  const { agents, minAgents, distribution, topology } = settings;
  const keepEnded = Math.max(fewestEnded, Math.ceil(keepEndedMs * tasksPerMs(settings)));
  return {
    ...defaultPolicy,
    distribution,
    keepEnded,
    queueLimit: Math.max(1_000, agents),
    joinWithinMs: 15_000,
    scale: { ...defaultPolicy.scale, min: minAgents, max: agents },
    overlay: { kind: topology, arity: 32 },
  };
}

export function openWorld(settings: SimulationSettings, core: SwarmCore, perform: Perform): World {
  const policy = policyOf(settings);
  const random = seededRandom(settings.seed);
  const record = openRecord(policy.keepEnded);
  return {
    perform,
    settings,
    policy,
    core,
    random,
    // Streams of their own, so that one more draw in the world does not change every jitter of the core.
    coreRandom: seededRandom(settings.seed ^ 0x5bd1e995),
    sample: openSampler(settings.model, seededRandom(settings.seed ^ 0x2545f491)),
    queue: openTimeQueue<Happening>(maxHappenings),
    agents: new Map(),
    inService: [],
    muted: new Set(),
    record,
    source: openSource(tasksPerMs(settings), policy.queueLimit),
    account: openFaultAccount(),
    suffering: new Map(),
    timings: new Map(),
    auditor: openAuditor({ policy, record, verify: isSignedBy }),
    trace: openTrace(),
    tally: {
      fenced: 0,
      refusedFull: 0,
      selfFenced: 0,
      leases: 0,
      messages: 0,
      hops: 0,
      beats: 0,
      started: 0,
      escalated: 0,
      staleWrites: 0,
      ends: { done: 0, dead: 0 },
      most: 0,
      least: Infinity,
      happenings: 0,
      steps: 0,
      votes: { asked: 0, traded: 0, noTrade: 0, noPanel: 0 },
    },
    meters: [],
    leader: null,
    liarsOf: new Map(),
    commitPending: false,
    skills: { market_data: 0, sentiment: 0, momentum: 0, mean_reversion: 0 },
    nowMs: 0,
  };
}

function tasksPerMs({ agents, tasksPerAgentHour }: SimulationSettings): number {
  return (agents * tasksPerAgentHour) / 3_600_000;
}

/** Does something after a while. */
export function later(world: World, afterMs: number, run: () => void): void {
  world.queue.push(world.nowMs + afterMs, { kind: "call", run });
}

export function optionsOf({ policy, coreRandom }: World): SwarmOptions {
  return { policy, random: coreRandom, verify: isSignedBy, keyOf };
}

/** The leader, if it is there to hear a frame. */
export function listening({ leader, nowMs }: World): Coordinator | null {
  return leader !== null && leader.alive && leader.pausedUntilMs <= nowMs ? leader : null;
}
