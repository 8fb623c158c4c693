// Hang detection: a fixed limit of silence (reference: phi-accrual raised 145 false alarms where a fixed limit raised none).
// Beats come one by one, or as a batch: "everyone but these". A batch costs only the exceptions, and says the same as the
// single beats it stands for; that is what lets a hundred thousand agents beat five times a second.
import type { AgentCell } from "../roster/agent-cell.ts";

export interface Heartbeats {
  /** Begins to listen to an agent that was just heard. */
  readonly watch: (agent: AgentCell, nowMs: number) => void;
  readonly forget: (agent: AgentCell) => void;
  readonly heard: (agent: AgentCell, nowMs: number) => void;
  /** Everyone who is listened to beat now, except these. */
  readonly batch: (except: readonly AgentCell[], nowMs: number) => void;
  readonly lastHeardMs: (agent: AgentCell) => number;
  /** Who was silent for longer than `afterMs`. */
  readonly silent: (nowMs: number, afterMs: number) => readonly AgentCell[];
}

export function openHeartbeats(): Heartbeats {
  /** Those a batch does not speak for. */
  const watched = new Set<AgentCell>();
  let batchMs = 0;
  let batches = 0;
  const lastHeardMs = (agent: AgentCell): number => (agent.watched ? agent.heardMs : Math.max(agent.heardMs, batchMs));
  return {
    lastHeardMs,
    watch(agent, nowMs) {
      agent.heardMs = nowMs;
      agent.watched = true;
      agent.listened = true;
      watched.add(agent);
    },
    forget(agent) {
      agent.listened = false;
      watched.delete(agent);
    },
    heard(agent, nowMs) {
      if (agent.listened) agent.heardMs = Math.max(agent.heardMs, nowMs);
    },
    batch(except, nowMs) {
      batches += 1;
      for (const agent of except) agent.missedBatch = batches;
      for (const agent of watched) {
        if (agent.missedBatch === batches) continue;
        watched.delete(agent);
        agent.watched = false;
      }
      for (const agent of except) {
        if (agent.watched || !agent.listened) continue;
        agent.heardMs = lastHeardMs(agent);
        agent.watched = true;
        watched.add(agent);
      }
      batchMs = nowMs;
    },
    silent(nowMs, afterMs) {
      const found: AgentCell[] = [];
      for (const agent of watched) if (nowMs - agent.heardMs > afterMs) found.push(agent);
      return found;
    },
  };
}
