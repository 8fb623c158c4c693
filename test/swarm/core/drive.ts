// Drives the coordinator by hand: events in, effects out, time as told. Records become durable when the test says so.
import type { SwarmEffect } from "../../../src/swarm/core/effects.ts";
import type { SwarmEvent } from "../../../src/swarm/core/events.ts";
import { defaultPolicy, type SwarmPolicy } from "../../../src/swarm/core/policy.ts";
import { countsOf, openSwarmState, stepSwarm, type SwarmCounts } from "../../../src/swarm/core/step.ts";
import { seededRandom } from "../../../src/host/random.ts";

export interface Drive {
  (event: SwarmEvent, afterMs?: number): readonly SwarmEffect[];
  /** Everything recorded until now becomes durable. */
  readonly durable: () => readonly SwarmEffect[];
  /** Agents a1, a2, … join. */
  readonly join: (count: number) => void;
  readonly counts: () => SwarmCounts;
  /** Ticks every 200 ms for so long, everyone beating but these; all effects. */
  readonly run: (forMs: number, except?: readonly string[]) => readonly SwarmEffect[];
}

export function drive(overrides: Partial<SwarmPolicy> = {}, seed = 1): Drive {
  const policy = { ...defaultPolicy, scale: { ...defaultPolicy.scale, min: 0, max: 20 }, ...overrides };
  const verify = ({ signature }: { signature: string }, key: string): boolean => signature === key;
  let state = openSwarmState({ policy, random: seededRandom(seed), verify, keyOf: (id) => `key ${id}` });
  let nowMs = 0;
  let recorded = 0;
  const step = (event: SwarmEvent, afterMs = 0): readonly SwarmEffect[] => {
    nowMs += afterMs;
    const next = stepSwarm(state, event, nowMs);
    state = next.state;
    for (const effect of next.effects) if (effect.kind === "record") recorded = effect.seq;
    return next.effects;
  };
  step({ kind: "lease-won", epoch: 1, record: [] });
  return Object.assign(step, {
    durable: () => step({ kind: "recorded", upTo: recorded }),
    join(count: number) {
      for (let at = 1; at <= count; at += 1) {
        step({ kind: "joined", agentId: `a${at}`, capabilities: ["work"], holding: [] });
      }
    },
    counts: () => countsOf(state),
    run(forMs: number, except: readonly string[] = []) {
      const all: SwarmEffect[] = [];
      for (let ms = 200; ms <= forMs; ms += 200) {
        all.push(...step({ kind: "beats", except }, 200), ...step({ kind: "tick" }));
      }
      return all;
    },
  });
}

export const offer = (taskId: string, capability: string | null = null): SwarmEvent => ({
  kind: "offered",
  taskId,
  capability,
  vote: false,
});

export const answer = (agentId: string, taskId: string, fence: number): SwarmEvent => ({
  kind: "answered",
  agentId,
  taskId,
  fence,
  result: `${taskId} by ${agentId}`,
});

export function only<Kind extends SwarmEffect["kind"]>(
  effects: readonly SwarmEffect[],
  kind: Kind,
): readonly Extract<SwarmEffect, { kind: Kind }>[] {
  return effects.filter((effect): effect is Extract<SwarmEffect, { kind: Kind }> => effect.kind === kind);
}
