// What the coordinator's effects need of the world where agents live: real sandboxes in production, anything in a test.
// Orders return at once; what came of them is reported as an event.
import type { Json } from "../../contracts/json.ts";
import type { Place, Post } from "../../contracts/live-swarm.ts";
import type { Holding, SwarmEvent } from "../core/events.ts";
import type { SignedAnswer } from "../round.ts";

export type BodyEvent = Extract<
  SwarmEvent,
  { kind: "joined" | "beat" | "exited" | "not-started" | "refused" | "returned" }
>;

export interface Answered extends Holding {
  readonly agentId: string;
  /** What the agent said, verified. */
  readonly result: Json;
}

/** What an agent said to a vote; null when it could not say anything. */
export interface Voice {
  readonly agentId: string;
  readonly voteId: string;
  readonly answer: SignedAnswer | null;
}

/** What bodies tell the coordinator that gave them their orders. */
export interface BodyReports {
  readonly happened: (event: BodyEvent) => void;
  readonly answered: (answer: Answered) => void;
  readonly voted: (voice: Voice) => void;
  /** Makes a place durable before the agent counts as there. False: this coordinator leads no more. */
  readonly settle: (agentId: string, place: Place | null) => Promise<boolean>;
}

export interface Errand extends Holding {
  readonly leaseMs: number;
  readonly payload: Json;
}

/** The agents of one tenure. */
export interface Bodies {
  readonly start: (agentId: string, post: Post) => void;
  readonly adopt: (agentId: string, place: Place | null) => void;
  /** A new program in the same sandbox, after the wait. The old one is killed if it is still there. */
  readonly restart: (agentId: string, waitMs: number) => void;
  /** A new sandbox, after the wait; the old one is ended. */
  readonly replace: (agentId: string, waitMs: number, post: Post) => void;
  /** Kills its program, as if it had failed by itself; nothing when it is not there. */
  readonly kill: (agentId: string) => void;
  /** Time since it was last heard, ms; 0 when it is not there. */
  readonly silentMs: (agentId: string) => number;
  readonly stop: (agentId: string) => void;
  readonly send: (agentId: string, errand: Errand) => void;
  /** Puts a vote to it; `taskId` is the vote's, `fence` the epoch it is asked under. */
  readonly ask: (agentId: string, errand: Errand) => void;
  /** Asks for a task back; `returned` says whether it was not begun. */
  readonly recall: (agentId: string, held: Holding) => void;
  /** Reports a beat of everyone who was heard since the last call. */
  readonly beats: () => void;
  /**
   * Ends sandboxes that belong to the swarm and that none of these places names: a dead coordinator was making them. Called
   * before any order; resolves when it is known which they are, they end in the background.
   */
  readonly sweep: (known: readonly Place[]) => Promise<void>;
  /** Resolves when everyone who was told to stop has ended, with sandbox and place. */
  readonly ended: () => Promise<void>;
  /** Lets everyone go and leaves them running: somebody else leads. Nothing is reported any more. */
  readonly detach: () => Promise<void>;
}

/** `swarm`: the swarm's own name at the target. */
export type OpenBodies = (reports: BodyReports, swarm: string) => Bodies;
