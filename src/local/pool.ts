// Started sandboxes waiting for a tenant. A spare has run nobody's code and is never taken back; refilling is paced and
// never shares the cores with a start that a request waits for.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { limits } from "./limits.ts";
import type { Cell, IsolationBackend } from "./isolation/backend.ts";
import { createGate, type Gate } from "./gate.ts";

export interface Pool {
  /** A ready cell: a spare when there is one, else a fresh start. */
  take(): Promise<Cell>;
  /** Resolves when the pool holds its spares (or refilling failed). */
  filled(): Promise<void>;
  /** Kills the spares and starts no more; resolves when they are removed and no start is under way. */
  drain(): Promise<void>;
}

export interface PoolOptions {
  readonly backend: IsolationBackend;
  readonly spares: number;
  readonly clock: Clock;
  readonly log: Log;
}

interface State extends PoolOptions {
  readonly ready: Cell[];
  readonly gate: Gate;
  /** Requests that wait for a fresh start. */
  waiting: number;
  draining: boolean;
  refill: Promise<void> | null;
}

export function createPool(options: PoolOptions): Pool {
  const gate = createGate(limits.startsAtOnce);
  const state: State = { ...options, ready: [], gate, waiting: 0, draining: false, refill: null };
  return {
    take: async () => take(state),
    filled: async () => (state.ready.length >= state.spares ? undefined : refill(state)),
    drain: async () => drain(state),
  };
}

async function take(state: State): Promise<Cell> {
  if (state.draining)
    throw new SwarmError("sandbox.create-failed", "Cannot start a sandbox: the local server is stopping");
  const spare = state.ready.shift();
  state.clock.after(limits.refillPauseMs, () => void refill(state), { unref: true });
  if (spare !== undefined) return spare;
  state.waiting++;
  try {
    return await state.gate.run(async () => state.backend.start());
  } finally {
    state.waiting--;
  }
}

async function refill(state: State): Promise<void> {
  state.refill ??= fill(state)
    .catch((cause: unknown) => state.log.write("warn", "refilling the pool failed", { reason: String(cause) }))
    .finally(() => (state.refill = null));
  return state.refill;
}

async function fill(state: State): Promise<void> {
  while (!state.draining && state.ready.length < state.spares) {
    if (state.waiting === 0) keep(state, await state.gate.run(async () => state.backend.start()));
    if (!state.draining && state.ready.length < state.spares) await state.clock.sleep(limits.refillPauseMs);
  }
}

function keep(state: State, cell: Cell): void {
  state.ready.push(cell);
  // A spare that died by itself is nobody's loss, but it must not be handed out.
  void cell.ended.then(() => {
    const at = state.ready.indexOf(cell);
    if (at !== -1) state.ready.splice(at, 1);
  });
}

async function drain(state: State): Promise<void> {
  state.draining = true;
  await state.refill;
  await state.gate.idle();
  await Promise.all(state.ready.splice(0).map(async (cell) => cell.kill().then(async () => cell.removed)));
}
