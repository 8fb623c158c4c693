// Leases: fences only rise, one lease of a task at a time, answers count only under the present one, and nothing is sent to
// who cannot take it.
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import type { SwarmPolicy } from "../../swarm/core/policy.ts";
import type { Shadow } from "./shadow.ts";
import type { Watch } from "./watch.ts";

/** Every fence is higher than all before it, so no two leases ever share one, in any epoch. */
export function fencesRise(): Watch {
  let highest = 0;
  return {
    name: "fences rise",
    kinds: ["send"],
    effect(effect) {
      if (effect.kind !== "send") return null;
      if (effect.fence <= highest)
        return `task ${effect.taskId} is leased under fence ${effect.fence} after ${highest}`;
      highest = effect.fence;
      return null;
    },
  };
}

/** A task whose lease lives is not leased again, and no lease is called over before its time. */
export function oneLease({ leases }: Shadow, { leaseMs }: SwarmPolicy): Watch {
  return {
    name: "leases do not overlap",
    kinds: ["send", "expired"],
    effect(effect, _event, atMs) {
      if (effect.kind !== "send" && effect.kind !== "expired") return null;
      const lease = leases.get(effect.taskId);
      if (effect.kind === "expired") {
        const livedMs = atMs - (lease?.sinceMs ?? atMs);
        return livedMs >= leaseMs
          ? null
          : `the lease of ${effect.taskId} is called over after ${livedMs} of ${leaseMs} ms`;
      }
      if (lease === undefined) return null;
      return `task ${effect.taskId} goes to ${effect.agentId} while ${lease.agentId} holds it under fence ${lease.fence}`;
    },
  };
}

/** A result is recorded only for an answer under the task's last lease, by the agent that held it. */
export function answersCurrent(): Watch {
  const last = new Map<string, Extract<SwarmEffect, { kind: "send" }>>();
  return {
    name: "only the present lease answers",
    kinds: ["send", "record"],
    effect(effect, event) {
      if (effect.kind === "send") last.set(effect.taskId, effect);
      if (effect.kind !== "record" || (effect.entry.kind !== "done" && effect.entry.kind !== "dead")) return null;
      const { entry } = effect;
      const lease = last.get(entry.taskId);
      last.delete(entry.taskId);
      if (entry.kind === "dead") return null;
      if (event.kind !== "answered" || event.taskId !== entry.taskId) {
        return `task ${entry.taskId} is recorded as done and nobody answered it`;
      }
      if (lease?.fence === event.fence && lease.agentId === event.agentId && entry.fence === event.fence) return null;
      return `the answer of ${event.agentId} under fence ${event.fence} counts for ${entry.taskId}, leased under ${lease?.fence ?? "none"}`;
    },
    event(event) {
      if (event.kind === "lease-won") last.clear();
      return null;
    },
  };
}

/** Work and votes go only to agents that serve, and never beyond their places. */
export function sentToServing({ serving }: Shadow, { slotsPerAgent }: SwarmPolicy): Watch {
  return {
    name: "work goes to who can take it",
    kinds: ["send", "ask"],
    effect(effect) {
      if (effect.kind !== "send" && effect.kind !== "ask") return null;
      const held = serving.get(effect.agentId);
      if (held === undefined) return `${effect.agentId} gets work while it does not serve`;
      if (effect.kind === "ask" || held.includes(effect.taskId) || held.length < slotsPerAgent) return null;
      return `${effect.agentId} gets task ${effect.taskId} on top of ${held.length}`;
    },
  };
}

/** The number of live leases is the one that the core says. */
export function leasesCounted({ leases }: Shadow): Watch {
  return {
    name: "leases are counted",
    after: ({ leased }) => (leases.size === leased ? null : `${leased} leases are claimed and ${leases.size} live`),
  };
}
