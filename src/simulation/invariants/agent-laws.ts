// Agents: restarts are bounded in time, the population keeps within the quota, scaling keeps its cooldown, epochs only rise.
import type { SwarmPolicy } from "../../swarm/core/policy.ts";
import type { Watch } from "./watch.ts";

/** No agent is restarted or replaced more often than the ladder allows within its window. */
export function restartsBounded({ ladder, tickMs }: SwarmPolicy): Watch {
  const times = new Map<string, number[]>();
  return {
    name: "restarts are bounded",
    kinds: ["restart", "replace"],
    effect(effect, _event, atMs) {
      if (effect.kind !== "restart" && effect.kind !== "replace") return null;
      const most =
        effect.kind === "restart" ? ladder.maxRestarts * (ladder.maxReplacements + 1) : ladder.maxReplacements;
      const key = `${effect.kind} ${effect.agentId}`;
      const recent = (times.get(key) ?? []).filter((at) => atMs - at < ladder.withinMs - tickMs);
      times.set(key, [...recent, atMs]);
      if (recent.length < most) return null;
      return `${effect.agentId} gets ${effect.kind} number ${recent.length + 1} within ${ladder.withinMs} ms, ${most} are allowed`;
    },
    event(event) {
      // A new coordinator does not know the history of the old one.
      if (event.kind === "lease-won") times.clear();
      return null;
    },
  };
}

/** Never more agents than the target's quota. */
export function withinQuota({ scale }: SwarmPolicy): Watch {
  return {
    name: "agents keep within the quota",
    after({ initializing, ready, error }) {
      const all = initializing + ready + error;
      return all <= scale.max ? null : `${all} agents where the quota is ${scale.max}`;
    },
  };
}

/** The wanted number changes at most once per cooldown and stays between its limits. */
export function scalesCalmly({ scale }: SwarmPolicy): Watch {
  let changedMs: number | null = null;
  return {
    name: "scaling keeps its limits",
    kinds: ["scaled"],
    effect(effect, _event, atMs) {
      if (effect.kind !== "scaled") return null;
      const tooSoon = changedMs !== null && atMs - changedMs < scale.cooldownMs;
      changedMs = atMs;
      if (tooSoon) return `scaled to ${effect.to} again within the cooldown of ${scale.cooldownMs} ms`;
      const inside = effect.to >= scale.min && effect.to <= scale.max;
      return inside ? null : `scaled to ${effect.to}, outside ${scale.min} to ${scale.max}`;
    },
    event(event) {
      if (event.kind === "lease-won") changedMs = null;
      return null;
    },
  };
}

/** Each leader's epoch is higher than the last one's, and it writes under no other. */
export function epochsRise(): Watch {
  let epoch = 0;
  return {
    name: "epochs rise",
    kinds: ["record"],
    event(event) {
      if (event.kind !== "lease-won") return null;
      const before = epoch;
      epoch = event.epoch;
      return event.epoch > before ? null : `epoch ${event.epoch} follows ${before}`;
    },
    effect(effect) {
      if (effect.kind !== "record" || effect.epoch === epoch) return null;
      return `a write of epoch ${effect.epoch} in epoch ${epoch}`;
    },
  };
}
