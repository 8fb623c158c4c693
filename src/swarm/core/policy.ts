// Every number the coordinator is governed by, with its default. A policy is data: it is part of the record of a run.
import type { Distribution } from "../../contracts/names.ts";
import type { LedgerLimits } from "../tasks/ledger.ts";
import type { RebalancePolicy } from "../tasks/rebalance.ts";
import type { LadderPolicy } from "../supervise/ladder.ts";
import { defaultScale, type ScalePolicy } from "../scale/decide-scale.ts";
import type { Overlay } from "../topology/hops-to.ts";

export interface SwarmPolicy extends LedgerLimits {
  readonly distribution: Distribution;
  /** Tasks one agent may hold: one is worked on, the others wait at hand. */
  readonly slotsPerAgent: number;
  /** Life of a lease without a sign of progress, ms. */
  readonly leaseMs: number;
  /** How often the runtime promises to tick, ms. */
  readonly tickMs: number;
  /** Silence that counts as failure, ms. */
  readonly silentAfterMs: number;
  /** Time for a started agent to join, ms, beyond its back-off. */
  readonly joinWithinMs: number;
  /** Time for a running agent to answer a new coordinator, ms. */
  readonly adoptWithinMs: number;
  /** Agents ever known to one coordinator. */
  readonly maxAgents: number;
  readonly ladder: LadderPolicy;
  readonly scale: ScalePolicy;
  readonly rebalance: RebalancePolicy;
  readonly voteWithinMs: number;
  readonly deadbandPpm: number;
  readonly overlay: Overlay;
}

/** Decision 11 for scaling, reference coordination §5 for detection; the rest is said in decision record 0022. */
export const defaultPolicy: SwarmPolicy = {
  distribution: "least-loaded",
  slotsPerAgent: 2,
  queueLimit: 10_000,
  maxAttempts: 5,
  keepEnded: 100_000,
  leaseMs: 30_000,
  tickMs: 200,
  silentAfterMs: 700,
  joinWithinMs: 10_000,
  adoptWithinMs: 1_300,
  maxAgents: 1_000_000,
  ladder: {
    maxRestarts: 3,
    maxReplacements: 3,
    withinMs: 60_000,
    firstWaitMs: 50,
    longestWaitMs: 5_000,
    jitter: 0.5,
  },
  scale: defaultScale,
  rebalance: { gap: 0.3, offlineShare: 0.3, everyMs: 5_000, maxMoves: 64 },
  voteWithinMs: 2_000,
  deadbandPpm: 0,
  overlay: { kind: "star", arity: 32 },
};
