// Cells waiting for a tenant, in two tiers: a few whose agent runs and is warm, and cheaper ones that only stand. None has
// run anybody's code, and none is taken back. Refilling is paced, and leaves the cores to whatever somebody waits for.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { createBootQueue, type BootQueue } from "./boot-queue.ts";
import { createDemand, type Demand } from "./demand.ts";
import { createGate, type Gate } from "./gate.ts";
import { handOut, type HandedCell } from "./hand-out.ts";
import type { Cell, CellSource, IsolationBackend } from "./isolation/backend.ts";
import { limits } from "./limits.ts";
import { warmUp } from "./warm-up.ts";

/** Refilling gives up after this many rounds without a new cell; the next take tries again. */
const maxFailures = 20;
const drainPollMs = 5;

export interface Pool {
  /**
   * A cell, soonest kind first: warm, standing, fresh. With an image or mounts of its own always a fresh one, whose agent
   * listens.
   */
  take(from?: CellSource): Promise<Cell>;
  /** Spares that wait for a tenant now, warm or only standing. */
  waiting(): number;
  /** Starts the agent behind the answer and tells it its tenant; see `Cell.ready`. */
  handOut(cell: Cell, introduce: (cell: Cell) => Promise<void>): HandedCell;
  /** Resolves when the pool holds its cells, or refilling gave up. */
  filled(): Promise<void>;
  /** Kills the cells nobody took and starts no more; resolves when they are removed and no start is under way. */
  drain(): Promise<void>;
}

export interface PoolOptions {
  readonly backend: IsolationBackend;
  /** Warm cells; as many at least stand behind them. 0 starts every cell on demand. */
  readonly spares: number;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiter {
  readonly take: (cell: Cell) => void;
  readonly fail: (cause: unknown) => void;
}

interface State extends PoolOptions {
  readonly warm: Cell[];
  readonly standing: Cell[];
  /** Cells whose agent listens. */
  readonly booted: WeakSet<Cell>;
  readonly gate: Gate;
  readonly boots: BootQueue;
  readonly demand: Demand;
  /** Requests without a cell. They take whichever start ends first, also one that was meant for the shelf. */
  readonly waiters: Waiter[];
  /** Starts under way. */
  starting: number;
  draining: boolean;
  refill: Promise<void> | null;
}

export function createPool(options: PoolOptions): Pool {
  const { clock } = options;
  const demand = createDemand(clock);
  const waiters: Waiter[] = [];
  const isQuiet = (): boolean => waiters.length === 0 && demand.restedMs() >= limits.bootQuietMs;
  const state: State = {
    ...options,
    warm: [],
    standing: [],
    booted: new WeakSet(),
    gate: createGate(limits.startsAtOnce),
    boots: createBootQueue({ clock, width: limits.bootsAtOnce, isQuiet }),
    demand,
    waiters,
    starting: 0,
    draining: false,
    refill: null,
  };
  return {
    take: async (from) => (from === undefined ? take(state) : startFrom(state, from)),
    waiting: () => state.warm.length + state.standing.length,
    handOut: (cell, introduce) => {
      const { boots, log } = state;
      return handOut(cell, { boots, log, introduce, isBooted: cell.boot === undefined || state.booted.has(cell) });
    },
    filled: async () => (nextStep(state) === "full" ? undefined : refill(state)),
    drain: async () => drain(state),
  };
}

async function startFrom(state: State, from: CellSource): Promise<Cell> {
  if (state.draining) throw stopping();
  // Not counted among the starts: whoever waits for a cell from the skeleton cannot take this one.
  const cell = await state.gate.run(async () => state.backend.start(from));
  state.booted.add(cell);
  return cell;
}

function stopping(): SwarmError {
  return new SwarmError("sandbox.create-failed", "Cannot start a sandbox: the local server is stopping");
}

async function take(state: State): Promise<Cell> {
  if (state.draining) throw stopping();
  state.demand.note();
  state.clock.after(limits.refillPauseMs, () => void refill(state), { unref: true });
  const waiting = state.warm.shift() ?? state.standing.shift();
  if (waiting !== undefined) return waiting;
  return new Promise((resolve, reject) => {
    state.waiters.push({ take: resolve, fail: reject });
    if (state.starting < state.waiters.length) void start(state);
  });
}

/** Brings one cell to stand, for whoever waits first, else for the shelf. Never rejects. */
async function start(state: State): Promise<void> {
  const { backend } = state;
  state.starting++;
  try {
    const cell = await state.gate.run(async () => (backend.stand === undefined ? backend.start() : backend.stand()));
    if (cell.boot === undefined) await shelveWarm(state, cell);
    else shelve(state, cell, state.standing);
  } catch (cause) {
    state.log.write("warn", "a sandbox did not start", { reason: String(cause) });
    // Every other start under way has a taker already; this one's is told.
    if (state.waiters.length >= state.starting) state.waiters.shift()?.fail(cause);
  } finally {
    state.starting--;
  }
}

async function shelveWarm(state: State, cell: Cell): Promise<void> {
  if (state.waiters.length === 0) await warmUp(cell, state.clock);
  state.booted.add(cell);
  shelve(state, cell, state.warm);
}

function shelve(state: State, cell: Cell, shelf: Cell[]): void {
  const waiter = state.waiters.shift();
  if (waiter !== undefined) return waiter.take(cell);
  shelf.push(cell);
  // One that died by itself is nobody's loss, but it must not be handed out.
  void cell.ended.then(() => {
    const at = shelf.indexOf(cell);
    if (at !== -1) shelf.splice(at, 1);
  });
}

async function refill(state: State): Promise<void> {
  state.refill ??= fill(state).finally(() => (state.refill = null));
  return state.refill;
}

type Step = "stand" | "warm" | "full";

/** The cheap tier holds what was lately asked for at once, within its bound. */
function nextStep({ backend, spares, standing, warm, demand }: State): Step {
  const isWarm = warm.length >= spares;
  if (spares === 0) return "full";
  if (backend.stand === undefined) return isWarm ? "full" : "stand";
  if (standing.length === 0) return "stand";
  if (!isWarm) return "warm";
  const wanted = Math.min(Math.max(spares, demand.lately()), limits.standingCells);
  return standing.length < wanted ? "stand" : "full";
}

async function fill(state: State): Promise<void> {
  for (let failures = 0; !state.draining && failures < maxFailures;) {
    const step = nextStep(state);
    if (step === "full") return;
    if (state.waiters.length === 0 && state.demand.restedMs() >= limits.refillPauseMs) {
      const before = state.standing.length + 2 * state.warm.length;
      await (step === "stand" ? start(state) : warmOne(state));
      if (state.standing.length + 2 * state.warm.length <= before) failures++;
    }
    await state.clock.sleep(limits.refillPauseMs);
  }
}

/** Moves one cell up. Its agent takes its turn with those of sandboxes. */
async function warmOne(state: State): Promise<void> {
  const cell = state.standing.shift();
  if (cell === undefined) return;
  try {
    await state.boots.add(async () => cell.boot?.()).done;
    await shelveWarm(state, cell);
  } catch (cause) {
    state.log.write("warn", "a spare sandbox did not start", { reason: String(cause) });
  }
}

async function drain(state: State): Promise<void> {
  state.draining = true;
  await state.refill;
  await state.gate.idle();
  while (state.starting > 0) await state.clock.sleep(drainPollMs);
  const left = [...state.warm.splice(0), ...state.standing.splice(0)];
  await Promise.all(left.map(async (cell) => cell.kill().then(async () => cell.removed)));
}
