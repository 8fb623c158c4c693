// The inside of the coordinator's state. It is changed in place, by the step that owns it: copying maps of a hundred
// thousand agents at every event is what makes pure coordinators slow. `step.ts` keeps the seam pure: a state is used once.
import type { Ballot } from "../../contracts/ballots.ts";
import { invariant } from "../../contracts/invariant.ts";
import type { Random } from "../../host/random.ts";
import type { AgentCell } from "../roster/agent-cell.ts";
import { openRoster, type Roster } from "../roster/roster.ts";
import { openHeartbeats, type Heartbeats } from "../supervise/heartbeats.ts";
import type { Observer } from "../supervise/observer.ts";
import { openLedger, type Ledger } from "../tasks/ledger.ts";
import type { TaskCell } from "../tasks/task-cell.ts";
import type { Panel } from "../votes/panels.ts";
import type { Decision } from "../../contracts/ballots.ts";
import type { RecordEntry, SwarmEffect } from "./effects.ts";
import type { SwarmPolicy } from "./policy.ts";
import type { Bounds } from "./size.ts";
import { openTimeQueue, type TimeQueue } from "./time-queue.ts";

/** What the coordinator waits for; each is checked against the present state when its time has come. */
export type Due =
  | { readonly kind: "lease"; readonly task: TaskCell; readonly fence: number }
  | { readonly kind: "join"; readonly agent: AgentCell; readonly wait: number }
  | { readonly kind: "vote"; readonly panel: Panel };

/** What becomes true when a record is durable. */
export type Pending =
  | { readonly kind: "accept" | "complete" | "bury"; readonly task: TaskCell }
  | { readonly kind: "decide"; readonly voteId: string; readonly decision: Decision }
  | { readonly kind: "nothing" };

export interface Inner {
  readonly policy: SwarmPolicy;
  readonly random: Random;
  readonly verify: (ballot: Ballot, publicKey: string) => boolean;
  readonly keyOf: (agentId: string) => string;
  readonly observer: Observer;
  heartbeats: Heartbeats;
  due: TimeQueue<Due>;
  readonly panels: Map<string, Panel>;
  /** Records that are not yet durable, oldest first; `pendingFrom` is the sequence number of the first. */
  readonly pending: Pending[];
  ledger: Ledger;
  roster: Roster;
  pendingFrom: number;
  leading: boolean;
  epoch: number;
  fences: number;
  recorded: number;
  born: number;
  wanted: number;
  bounds: Bounds;
  /** There are more agents than wanted, and not all of them could be drained yet. */
  shrinking: boolean;
  scaledMs: number | null;
  rebalancedMs: number;
  steps: number;
  /** Members that signed two different ballots in this step; they are evicted at its end. */
  readonly accused: string[];
  out: SwarmEffect[];
}

export interface SwarmOptions {
  readonly policy: SwarmPolicy;
  /** Jitter of back-offs; a seeded one replays. */
  readonly random: Random;
  readonly verify: (ballot: Ballot, publicKey: string) => boolean;
  /** The registered key of an agent. */
  readonly keyOf: (agentId: string) => string;
}

const maxDue = 10_000_000;

export function openDue(): TimeQueue<Due> {
  return openTimeQueue<Due>(maxDue);
}

export function openInner({ policy, random, verify, keyOf }: SwarmOptions): Inner {
  return {
    policy,
    random,
    verify,
    keyOf,
    observer: { atMs: 0, absentMs: 0 },
    heartbeats: openHeartbeats(),
    due: openDue(),
    panels: new Map(),
    pending: [],
    ledger: openLedger(policy, policy.distribution === "specialised"),
    roster: openRoster(policy.slotsPerAgent, policy.maxAgents),
    pendingFrom: 1,
    leading: false,
    epoch: 0,
    fences: 0,
    recorded: 0,
    born: 0,
    wanted: policy.scale.min,
    bounds: policy.scale,
    shrinking: false,
    scaledMs: null,
    rebalancedMs: 0,
    steps: 0,
    accused: [],
    out: [],
  };
}

/** Leases of one epoch; epoch x this + counter stays a safe integer for two million epochs. */
const fencesPerEpoch = 2 ** 32;

/** A fence that is higher than every one before it, of this epoch and of all earlier ones. */
export function nextFence(core: Inner): number {
  core.fences += 1;
  invariant(core.fences < fencesPerEpoch && core.epoch < 2 ** 21, "an epoch grants at most 2^32 leases");
  return core.epoch * fencesPerEpoch + core.fences;
}

/** Asks for a record; what it makes true follows when it is durable. */
export function record(core: Inner, entry: RecordEntry, pending: Pending): void {
  core.recorded += 1;
  core.pending.push(pending);
  core.out.push({ kind: "record", epoch: core.epoch, seq: core.recorded, entry });
}
