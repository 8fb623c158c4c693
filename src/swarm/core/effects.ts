// What the coordinator wants done. The runtime performs effects in order and reports what came of them as events; an effect
// is never a promise that it worked.
import type { Decision } from "../../contracts/ballots.ts";

/** What the record must hold so that another coordinator can go on. */
export type RecordEntry =
  | { readonly kind: "task"; readonly taskId: string; readonly capability: string | null }
  | { readonly kind: "done"; readonly taskId: string; readonly fence: number; readonly result: string }
  | { readonly kind: "dead"; readonly taskId: string; readonly attempts: number }
  | { readonly kind: "agent"; readonly agentId: string; readonly capabilities: readonly string[] }
  | { readonly kind: "agent-gone"; readonly agentId: string }
  | { readonly kind: "decision"; readonly voteId: string; readonly decision: Decision };

export type SwarmEffect =
  /** To the source of a task. `accepted` and `done` are said only of what is durable. */
  | { readonly kind: "accepted"; readonly taskId: string }
  | { readonly kind: "full"; readonly taskId: string; readonly waiting: number }
  | { readonly kind: "done"; readonly taskId: string; readonly fence: number; readonly result: string }
  | { readonly kind: "dead"; readonly taskId: string; readonly attempts: number }
  | { readonly kind: "decided"; readonly voteId: string; readonly decision: Decision }
  /** Fewer agents are known than a panel of the swarm has, or than three: there is no quorum. */
  | { readonly kind: "no-panel"; readonly voteId: string }
  /** To an agent. `resumed`: it holds the task already, only the fence is new. `hops` is the way along the topology. */
  | {
      readonly kind: "send";
      readonly agentId: string;
      readonly taskId: string;
      readonly fence: number;
      readonly leaseMs: number;
      readonly hops: number;
      readonly resumed: boolean;
    }
  /** Its lease ran out without an answer; the task waits again or is dead. */
  | { readonly kind: "expired"; readonly agentId: string; readonly taskId: string; readonly fence: number }
  /** Taken from one agent for another under a new fence, at people's word: what the first still says of it is fenced. */
  | {
      readonly kind: "moved";
      readonly agentId: string;
      readonly to: string;
      readonly taskId: string;
      readonly fence: number;
    }
  | { readonly kind: "recall"; readonly agentId: string; readonly taskId: string; readonly fence: number }
  /** Its answer came too late or under a lease that was not its own: nothing of it counts. */
  | { readonly kind: "fenced"; readonly agentId: string; readonly taskId: string; readonly fence: number }
  | { readonly kind: "ask"; readonly agentId: string; readonly voteId: string; readonly hops: number }
  | { readonly kind: "adopt"; readonly agentId: string }
  | { readonly kind: "start"; readonly agentId: string }
  | { readonly kind: "restart"; readonly agentId: string; readonly waitMs: number }
  | { readonly kind: "replace"; readonly agentId: string; readonly waitMs: number }
  | { readonly kind: "stop"; readonly agentId: string }
  /** To the record, by the epoch of the author; `seq` counts from 1 in each epoch. */
  | { readonly kind: "record"; readonly epoch: number; readonly seq: number; readonly entry: RecordEntry }
  /** To people and meters. `silentMs` is how long nothing had been heard; 0 for an exit. */
  | {
      readonly kind: "detected";
      readonly agentId: string;
      readonly by: "exit" | "silence" | "no-join" | "equivocation";
      readonly silentMs: number;
    }
  | { readonly kind: "recovered"; readonly agentId: string; readonly downMs: number }
  | { readonly kind: "escalated"; readonly agentId: string }
  | { readonly kind: "scaled"; readonly from: number; readonly to: number };
