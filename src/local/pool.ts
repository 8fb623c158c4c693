// Started sandboxes waiting for a tenant. A spare has run nobody's code and is never taken back; refilling is paced and
// never shares the cores with a start that a request waits for.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { limits } from "./limits.ts";
import type { Cell, CellSource, IsolationBackend } from "./isolation/backend.ts";
import { createGate, type Gate } from "./gate.ts";
import { warmUp } from "./warm-up.ts";

/** Refilling gives up after this many rounds without a new spare; the next take tries again. */
const maxFailures = 20;
const drainPollMs = 5;

export interface Pool {
  /** A ready cell: a spare when there is one, else a fresh start. With an image or mounts of its own always the latter. */
  take(from?: CellSource): Promise<Cell>;
  /** Resolves when the pool holds its spares, or refilling gave up. */
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

interface Waiter {
  readonly take: (cell: Cell) => void;
  readonly fail: (cause: unknown) => void;
}

interface State extends PoolOptions {
  readonly ready: Cell[];
  readonly gate: Gate;
  /** Requests without a cell. They take whichever start ends first, also one that was meant as a spare. */
  readonly waiters: Waiter[];
  /** Starts under way. */
  starting: number;
  draining: boolean;
  refill: Promise<void> | null;
}

export function createPool(options: PoolOptions): Pool {
  const gate = createGate(limits.startsAtOnce);
  const state: State = { ...options, ready: [], gate, waiters: [], starting: 0, draining: false, refill: null };
  return {
    take: async (from) => (from === undefined ? take(state) : startFrom(state, from)),
    filled: async () => (state.ready.length >= state.spares ? undefined : refill(state)),
    drain: async () => drain(state),
  };
}

async function startFrom(state: State, from: CellSource): Promise<Cell> {
  if (state.draining) throw stopping();
  // Not counted among the starts: whoever waits for a cell from the skeleton cannot take this one.
  return state.gate.run(async () => state.backend.start(from));
}

function stopping(): SwarmError {
  return new SwarmError("sandbox.create-failed", "Cannot start a sandbox: the local server is stopping");
}

async function take(state: State): Promise<Cell> {
  if (state.draining) throw stopping();
  state.clock.after(limits.refillPauseMs, () => void refill(state), { unref: true });
  const spare = state.ready.shift();
  if (spare !== undefined) return spare;
  return new Promise((resolve, reject) => {
    state.waiters.push({ take: resolve, fail: reject });
    if (state.starting < state.waiters.length) void start(state);
  });
}

/** Starts one cell for whoever waits first, else for the shelf. Never rejects. */
async function start(state: State): Promise<void> {
  state.starting++;
  try {
    const cell = await state.gate.run(async () => state.backend.start());
    await hand(state, cell);
  } catch (cause) {
    state.log.write("warn", "a sandbox did not start", { reason: String(cause) });
    // Every other start under way has a taker already; this one's is told.
    if (state.waiters.length >= state.starting) state.waiters.shift()?.fail(cause);
  } finally {
    state.starting--;
  }
}

async function hand(state: State, cell: Cell): Promise<void> {
  if (state.waiters.length === 0) await warmUp(cell, state.clock);
  const waiter = state.waiters.shift();
  if (waiter !== undefined) return waiter.take(cell);
  state.ready.push(cell);
  // A spare that died by itself is nobody's loss, but it must not be handed out.
  void cell.ended.then(() => {
    const at = state.ready.indexOf(cell);
    if (at !== -1) state.ready.splice(at, 1);
  });
}

async function refill(state: State): Promise<void> {
  state.refill ??= fill(state).finally(() => (state.refill = null));
  return state.refill;
}

async function fill(state: State): Promise<void> {
  for (let failures = 0; !state.draining && state.ready.length < state.spares && failures < maxFailures;) {
    const before = state.ready.length;
    if (state.waiters.length === 0) await start(state);
    if (state.ready.length <= before) failures++;
    if (state.ready.length < state.spares) await state.clock.sleep(limits.refillPauseMs);
  }
}

async function drain(state: State): Promise<void> {
  state.draining = true;
  await state.refill;
  await state.gate.idle();
  while (state.starting > 0) await state.clock.sleep(drainPollMs);
  await Promise.all(state.ready.splice(0).map(async (cell) => cell.kill().then(async () => cell.removed)));
}
