// What one run is made of. Rates are per virtual hour; message faults are chances per message.
import type { LatencyModel } from "../contracts/simulation.ts";
import type { TopologyKind } from "../contracts/names.ts";
import type { Distribution } from "../contracts/names.ts";

export interface FaultRates {
  /** Per agent and hour. */
  readonly kill: number;
  readonly stall: number;
  readonly sandboxKill: number;
  readonly skew: number;
  readonly liar: number;
  /** Per hour of the whole swarm. */
  readonly partition: number;
  readonly coordinatorKill: number;
  readonly coordinatorPause: number;
  /** Agents cut off by one partition, a share of all. */
  readonly partitionShare: number;
  /** Per message. */
  readonly drop: number;
  readonly delay: number;
  readonly duplicate: number;
  /** Per task: the agent cannot do it. */
  readonly refuse: number;
  /** Per heartbeat. */
  readonly beatDrop: number;
}

export interface SimulationSettings {
  readonly agents: number;
  readonly minAgents: number;
  readonly hours: number;
  readonly seed: number;
  readonly tasksPerAgentHour: number;
  readonly distribution: Exclude<Distribution, "consensus">;
  readonly topology: TopologyKind;
  readonly faults: FaultRates;
  readonly model: LatencyModel;
  /** One vote every so often, ms. */
  readonly voteEveryMs: number;
}

const none: FaultRates = {
  kill: 0,
  stall: 0,
  sandboxKill: 0,
  skew: 0,
  liar: 0,
  partition: 0,
  coordinatorKill: 0,
  coordinatorPause: 0,
  partitionShare: 0,
  drop: 0,
  delay: 0,
  duplicate: 0,
  refuse: 0,
  beatDrop: 0,
};

/** Declared, not measured: how often things go wrong is a question that the simulation is asked, not an answer it gives. */
export const faultLevels = {
  none,
  usual: {
    kill: 0.01,
    stall: 0.01,
    sandboxKill: 0.003,
    skew: 0.002,
    liar: 0.001,
    partition: 0.5,
    coordinatorKill: 0.3,
    coordinatorPause: 0.3,
    partitionShare: 0.01,
    drop: 0.000_5,
    delay: 0.002,
    duplicate: 0.001,
    refuse: 0.001,
    beatDrop: 0.000_2,
  },
  heavy: {
    kill: 2,
    stall: 2,
    sandboxKill: 0.5,
    skew: 0.5,
    liar: 0.2,
    partition: 20,
    coordinatorKill: 12,
    coordinatorPause: 12,
    partitionShare: 0.1,
    drop: 0.01,
    delay: 0.02,
    duplicate: 0.02,
    refuse: 0.02,
    beatDrop: 0.002,
  },
} as const satisfies Readonly<Record<string, FaultRates>>;
