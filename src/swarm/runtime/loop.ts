// The pure core as something events are thrown at: one event at a time, and what an effect causes at once waits until the
// effects before it are performed.
import { invariant } from "../../contracts/invariant.ts";
import type { Clock } from "../../host/clock.ts";
import type { SwarmEffect } from "../core/effects.ts";
import type { SwarmEvent } from "../core/events.ts";
import { agentsOf, countsOf, stepSwarm, type AgentCount, type SwarmCounts, type SwarmState } from "../core/step.ts";

export interface Loop {
  readonly step: (event: SwarmEvent) => void;
  readonly counts: () => SwarmCounts;
  readonly agents: () => readonly AgentCount[];
  /** Nothing is stepped any more; the state, to be stepped on in another loop. */
  readonly close: () => SwarmState;
}

/** Most events that may wait for the one before them. */
const maxEvents = 100_000;

export function openLoop(clock: Clock, first: SwarmState, act: (effect: SwarmEffect) => void): Loop {
  let state = first;
  let phase: "idle" | "busy" | "closed" = "idle";
  const events: SwarmEvent[] = [];
  const drain = (): void => {
    if (phase !== "idle") return;
    phase = "busy";
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      const next = stepSwarm(state, event, Number(clock.monotonicNs()) / 1e6);
      ({ state } = next);
      next.effects.forEach(act);
    }
    phase = "idle";
  };
  return {
    step(event) {
      if (phase === "closed") return;
      invariant(events.length < maxEvents, `at most ${maxEvents} events wait`);
      events.push(event);
      drain();
    },
    counts: () => countsOf(state),
    agents: () => agentsOf(state),
    close() {
      phase = "closed";
      return state;
    },
  };
}
