// The coordinator: (state, event) -> (state, effects). Equal states, events and random streams give equal effects. The inside
// of a state is changed in place, so a state may be stepped once: stepping it again is a programmer's error, found at once.
import { invariant, unreachable } from "../../contracts/invariant.ts";
import type { AgentStatus } from "../roster/agent-cell.ts";
import { observe, ownMs } from "../supervise/observer.ts";
import { evict, onExited, onJoined, onNotStarted } from "./agents.ts";
import { dispatch } from "./dispatch.ts";
import { evenOut } from "./even-out.ts";
import type { SwarmEffect } from "./effects.ts";
import type { SwarmEvent } from "./events.ts";
import { openInner, type Inner, type SwarmOptions } from "./inner.ts";
import { onLeaseLost, onLeaseWon } from "./leadership.ts";
import { onAnswered, onOffered, onProgressed, onRecorded, onRefused, onReturned } from "./tasks.ts";
import { onResize } from "./size.ts";
import { onTick } from "./tick.ts";
import { onVoted, onVoteOffered } from "./votes.ts";

/** Opaque; made by `openSwarmState`, used once by `stepSwarm`. */
export interface SwarmState {
  readonly steps: number;
  readonly inner: Inner;
}

export interface SwarmStep {
  readonly state: SwarmState;
  readonly effects: readonly SwarmEffect[];
}

/** A coordinator on standby: it does nothing until `lease-won`. */
export function openSwarmState(options: SwarmOptions): SwarmState {
  return { steps: 0, inner: openInner(options) };
}

/**
 * `atMs`: when the coordinator saw the event, on a monotonic clock. Throws when the state was stepped before. At most O(log n)
 * in agents and tasks for every event but `lease-won`, and but for what a tick finds due.
 */
export function stepSwarm(state: SwarmState, event: SwarmEvent, atMs: number): SwarmStep {
  const { inner } = state;
  invariant(state.steps === inner.steps, "a state is stepped once: go on from the state that the last step returned");
  inner.steps += 1;
  inner.out = [];
  observe(inner.observer, atMs, inner.policy.tickMs);
  if (inner.leading || event.kind === "lease-won" || event.kind === "resize") {
    handle(inner, event);
    for (let liar = inner.accused.pop(); liar !== undefined; liar = inner.accused.pop()) evict(inner, liar);
    if (inner.leading) dispatch(inner);
  }
  return { state: { steps: inner.steps, inner }, effects: inner.out };
}

function handle(core: Inner, event: SwarmEvent): void {
  switch (event.kind) {
    case "tick":
      return onTick(core);
    case "offered":
      if (event.vote || core.policy.distribution === "consensus") return onVoteOffered(core, event.taskId);
      return onOffered(core, event.taskId, event.capability);
    case "joined":
      return onJoined(core, event.agentId, event.capabilities, event.holding);
    case "beat": {
      const agent = core.roster.find(event.agentId);
      if (agent !== undefined) core.heartbeats.heard(agent, ownMs(core.observer));
      return;
    }
    case "beats": {
      const except = event.except.map((id) => core.roster.find(id)).filter((agent) => agent !== undefined);
      return core.heartbeats.batch(except, ownMs(core.observer));
    }
    case "progressed":
      return onProgressed(core, event.agentId, event);
    case "answered":
      return onAnswered(core, event.agentId, event, event.result);
    case "refused":
      return onRefused(core, event.agentId, event);
    case "returned":
      return onReturned(core, event.agentId, event, event.unbegun);
    case "voted":
      return onVoted(core, event.agentId, event.voteId, event.ballots);
    case "exited":
      return onExited(core, event.agentId, event.sandboxGone);
    case "not-started":
      return onNotStarted(core, event.agentId, event.sandboxGone);
    case "resize":
      return onResize(core, event, event.leaving);
    case "rebalance":
      return evenOut(core, event.gap);
    case "recorded":
      return onRecorded(core, event.upTo);
    case "lease-won":
      return onLeaseWon(core, event.epoch, event.record);
    case "lease-lost":
      return onLeaseLost(core);
    default:
      return unreachable(event);
  }
}

export interface SwarmCounts {
  readonly queued: number;
  readonly leased: number;
  readonly committing: number;
  readonly done: number;
  readonly dead: number;
  /** Ever taken in by this coordinator, those found in the record included. */
  readonly taken: number;
  /** Standing in line. */
  readonly waiting: number;
  readonly initializing: number;
  readonly ready: number;
  readonly draining: number;
  readonly error: number;
  readonly offline: number;
  readonly wanted: number;
}

/** One agent as its coordinator sees it. */
export interface AgentCount {
  readonly agentId: string;
  readonly status: AgentStatus;
  readonly open: number;
  readonly completed: number;
  readonly failed: number;
  readonly latencyMs: number;
}

/** Everyone who is not offline, in order of joining: O(agents), for people and meters. */
export function agentsOf({ inner: { roster } }: SwarmState): readonly AgentCount[] {
  const here = roster.members().filter(({ status }) => status !== "offline");
  return here.map(({ id, status, open, completed, failed, latencyMs }) => {
    return { agentId: id, status, open: open.length, completed, failed, latencyMs };
  });
}

/** Where everything is, in constant time: what an auditor compares with its own count. */
export function countsOf({ inner: { ledger, roster, wanted } }: SwarmState): SwarmCounts {
  const { queued, leased, committing, done, dead } = ledger.counts;
  const { initializing, ready, draining, error, offline } = roster.counts;
  return {
    queued,
    leased,
    committing,
    done,
    dead,
    taken: ledger.taken(),
    waiting: ledger.waiting.size(),
    initializing,
    ready,
    draining,
    error,
    offline,
    wanted,
  };
}
