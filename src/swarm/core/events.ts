// What can happen to the coordinator. Beside every event goes the time at which the coordinator saw it, on its own monotonic
// clock; no time that somebody else claims is ever believed.
import type { Ballot } from "../../contracts/ballots.ts";
import type { RecordEntry } from "./effects.ts";

/** A lease that an agent holds, as it says itself. */
export interface Holding {
  readonly taskId: string;
  readonly fence: number;
}

export type SwarmEvent =
  | { readonly kind: "tick" }
  /** Work comes in. `vote` asks a panel instead of one agent. */
  | {
      readonly kind: "offered";
      readonly taskId: string;
      readonly capability: string | null;
      readonly vote: boolean;
    }
  /** An agent says that it is there: started, restarted, or found by a new coordinator, with what it holds. */
  | {
      readonly kind: "joined";
      readonly agentId: string;
      readonly capabilities: readonly string[];
      readonly holding: readonly Holding[];
    }
  | { readonly kind: "beat"; readonly agentId: string }
  /** One beat of every agent that is listened to, except these. */
  | { readonly kind: "beats"; readonly except: readonly string[] }
  /** Work on a task goes on: its lease lives longer. */
  | { readonly kind: "progressed"; readonly agentId: string; readonly taskId: string; readonly fence: number }
  | {
      readonly kind: "answered";
      readonly agentId: string;
      readonly taskId: string;
      readonly fence: number;
      readonly result: string;
    }
  /** The agent could not do the task. */
  | { readonly kind: "refused"; readonly agentId: string; readonly taskId: string; readonly fence: number }
  /** Reply to a recall; `unbegun` = the task was given back and not touched. */
  | {
      readonly kind: "returned";
      readonly agentId: string;
      readonly taskId: string;
      readonly fence: number;
      readonly unbegun: boolean;
    }
  | { readonly kind: "voted"; readonly agentId: string; readonly voteId: string; readonly ballots: readonly Ballot[] }
  /** Its program ended, or with `sandboxGone` its whole sandbox: then a restart in it is pointless. */
  | { readonly kind: "exited"; readonly agentId: string; readonly sandboxGone: boolean }
  /** A start, restart or replacement could not be carried out. */
  | { readonly kind: "not-started"; readonly agentId: string; readonly sandboxGone: boolean }
  /**
   * People want at least and at most so many agents from now on; 0 and 0 ends them all, each when it has finished. Those named
   * leave in any case, and nobody comes in their place.
   */
  | { readonly kind: "resize"; readonly min: number; readonly max: number; readonly leaving: readonly string[] }
  /** People want the work evened out where the busiest is so far above the average, a share of an agent's places. */
  | { readonly kind: "rebalance"; readonly gap: number }
  /** Everything recorded up to this sequence number is durable. */
  | { readonly kind: "recorded"; readonly upTo: number }
  /** This coordinator leads from now on, under this epoch, from what the record holds. */
  | { readonly kind: "lease-won"; readonly epoch: number; readonly record: readonly RecordEntry[] }
  | { readonly kind: "lease-lost" };
