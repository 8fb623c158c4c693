// What the auditor believes to be true, built only from the events that went in and the effects that came out.
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import type { SwarmEvent } from "../../swarm/core/events.ts";

export interface ShadowLease {
  readonly agentId: string;
  readonly fence: number;
  /** When it was granted or last shown to be alive. */
  sinceMs: number;
}

export interface Shadow {
  /** Task -> its live lease. */
  readonly leases: Map<string, ShadowLease>;
  /** Agents that joined and were neither accused nor stopped since, with what they hold. */
  readonly serving: Map<string, string[]>;
  readonly accused: Set<string>;
  readonly before: (event: SwarmEvent, atMs: number) => void;
  readonly after: (effect: SwarmEffect, atMs: number) => void;
}

export function openShadow(): Shadow {
  const leases = new Map<string, ShadowLease>();
  const serving = new Map<string, string[]>();
  const accused = new Set<string>();
  const end = (taskId: string, fence: number, lease = leases.get(taskId)): void => {
    if (lease === undefined || lease.fence !== fence) return;
    leases.delete(taskId);
    const held = serving.get(lease.agentId) ?? [];
    const at = held.indexOf(taskId);
    if (at >= 0) held.splice(at, 1);
  };
  /** What it held is free again, but for what it keeps; null = it serves no more. */
  const dismiss = (agentId: string, kept: string[] | null): void => {
    for (const taskId of serving.get(agentId) ?? []) if (kept?.includes(taskId) !== true) leases.delete(taskId);
    if (kept === null) serving.delete(agentId);
    else serving.set(agentId, kept);
  };
  return {
    leases,
    serving,
    accused,
    before(event, atMs) {
      if (event.kind === "lease-won") {
        leases.clear();
        serving.clear();
        accused.clear();
      } else if (event.kind === "answered" || event.kind === "refused") {
        const lease = leases.get(event.taskId);
        if (lease?.agentId === event.agentId) end(event.taskId, event.fence, lease);
      } else if (event.kind === "returned" && event.unbegun) end(event.taskId, event.fence);
      else if (event.kind === "progressed") extend(leases.get(event.taskId), event.fence, atMs);
      else if (event.kind === "joined") {
        const named = new Set(event.holding.map(({ fence }) => fence));
        const held = serving.get(event.agentId) ?? [];
        dismiss(
          event.agentId,
          held.filter((id) => named.has(leases.get(id)?.fence ?? 0)),
        );
        accused.delete(event.agentId);
      }
    },
    after(effect, atMs) {
      if (effect.kind === "send") {
        const { agentId, fence } = effect;
        leases.set(effect.taskId, { agentId, fence, sinceMs: atMs });
        serving.get(agentId)?.push(effect.taskId);
      } else if (effect.kind === "expired") {
        end(effect.taskId, effect.fence);
      } else if (effect.kind === "detected") {
        dismiss(effect.agentId, null);
        accused.add(effect.agentId);
      } else if (effect.kind === "stop") {
        dismiss(effect.agentId, null);
        accused.delete(effect.agentId);
      }
    },
  };
}

function extend(lease: ShadowLease | undefined, fence: number, atMs: number): void {
  if (lease?.fence === fence) lease.sinceMs = atMs;
}
