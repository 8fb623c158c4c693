// One law of the swarm and what it looks at. A watch keeps its own account of the world and never asks the core for the
// answer it is checking; it returns a sentence when the law is broken.
import type { RecordEntry, SwarmEffect } from "../../swarm/core/effects.ts";
import type { SwarmEvent } from "../../swarm/core/events.ts";
import type { SwarmCounts } from "../../swarm/core/step.ts";

/** The sentence says what was seen; null = the law holds. */
export type Finding = string | null;

export interface Watch {
  readonly name: string;
  /** Effects it wants to see. */
  readonly kinds?: readonly SwarmEffect["kind"][];
  readonly effect?: (effect: SwarmEffect, event: SwarmEvent, atMs: number) => Finding;
  /** Before the effects of the step. */
  readonly event?: (event: SwarmEvent) => Finding;
  /** After the effects of the step. */
  readonly after?: (counts: SwarmCounts, event: SwarmEvent) => Finding;
  /** An entry became durable. */
  readonly durable?: (entry: RecordEntry) => Finding;
  /** The run is over and nothing is under way. */
  readonly end?: () => Finding;
}
