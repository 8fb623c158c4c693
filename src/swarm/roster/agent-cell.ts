// One agent as the coordinator sees it. A cell is changed in place by the step that owns the state and by nobody else.
import type { TaskCell } from "../tasks/task-cell.ts";
import type { AgentView } from "../tasks/distribute.ts";
import type { LadderHistory } from "../supervise/ladder.ts";

/**
 * initializing: started, not yet heard · ready: takes work · draining: finishes what it holds, then stops · error: being
 * restarted or replaced · offline: given up or stopped. A `joined` brings any of them back to ready.
 */
export type AgentStatus = "initializing" | "ready" | "draining" | "error" | "offline";

export interface AgentCell extends AgentView {
  /** Position in the topology, from 0; never reused. */
  readonly slot: number;
  readonly id: string;
  capabilities: readonly string[];
  status: AgentStatus;
  /** Leased to it and not settled, in the order sent: the first one is being worked on. */
  readonly open: TaskCell[];
  load: number;
  errorRate: number;
  latencyMs: number;
  completed: number;
  failed: number;
  /** Observer's time of its last sign of life, ms; read through supervise/heartbeats.ts. */
  heardMs: number;
  /** The record knows it. */
  recorded: boolean;
  /** Whether its silence would be noticed. */
  listened: boolean;
  /** Number of the last batch of beats that it was missing from. */
  missedBatch: number;
  /** True while each of its beats is looked at, false while a batch speaks for it. */
  watched: boolean;
  /** Observer's time at which it was found to have failed; null while it has not. */
  downSinceMs: number | null;
  history: LadderHistory;
  /** Counts the waits for it to join, so that an old deadline is known as such. */
  joinWait: number;
}

const noFalls: LadderHistory = { restarts: [], replacements: [] };

export function openAgentCell(slot: number, id: string, capabilities: readonly string[]): AgentCell {
  return {
    slot,
    id,
    capabilities,
    status: "initializing",
    open: [],
    load: 0,
    errorRate: 0,
    latencyMs: 0,
    completed: 0,
    failed: 0,
    heardMs: 0,
    recorded: false,
    listened: false,
    missedBatch: 0,
    watched: true,
    downSinceMs: null,
    history: noFalls,
    joinWait: 0,
  };
}
