// The five-role reference swarm: who runs where, what it weighs, under which key it writes. One table, used by all.
import type { Role } from "../contracts/frames.ts";

export interface ReferenceAgent {
  readonly agentId: string;
  readonly role: Role;
  readonly template: string;
  /** Key of its entry in the record. */
  readonly memoryKey: string;
  /** The coordinator restates its peers: it knows nothing of its own, so its ballot is shown and weighs nothing. */
  readonly weightPpm: number;
}

const oneVote = 1_000_000;

export const referenceSwarm: readonly ReferenceAgent[] = [
  {
    agentId: "research-agent-1",
    role: "market-research",
    template: "base",
    memoryKey: "swarm/research-1/market_data",
    weightPpm: oneVote,
  },
  {
    agentId: "research-agent-2",
    role: "sentiment",
    template: "node",
    memoryKey: "swarm/research-2/sentiment",
    weightPpm: oneVote,
  },
  {
    agentId: "strategy-agent-momentum",
    role: "momentum",
    template: "node",
    memoryKey: "swarm/strategy-momentum/signal",
    weightPpm: oneVote,
  },
  {
    agentId: "strategy-agent-mean-reversion",
    role: "mean-reversion",
    template: "python",
    memoryKey: "swarm/strategy-mean-reversion/signal",
    weightPpm: oneVote,
  },
  {
    agentId: "decision-coordinator",
    role: "coordinator",
    template: "python",
    memoryKey: "swarm/coordinator/ballot",
    weightPpm: 0,
  },
];

/** Where the decision of a round is recorded, by compare-and-set. */
export const decisionKey = "swarm/coordinator/decision";

/** Under it lie the proofs of equivocation, by key. */
export const evictedPrefix = "swarm/evicted/";
