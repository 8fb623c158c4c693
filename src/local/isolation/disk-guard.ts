// Keeps one sandbox from filling the host's disk where no file system offers quotas: watches the free space, measures the
// cells when it sinks, and stops a cell that is over its share from growing any file (it may still delete). A cell that
// grows all the same is ended. The bound is therefore the share plus what is written between two looks.
import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Cancel, Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import { limits } from "../limits.ts";
import { heldBytes, treeBytes } from "./disk-usage.ts";
import { runToEnd } from "./run-to-end.ts";

export interface Guarded {
  readonly name: string;
  readonly root: string;
  pids(): readonly number[];
  kill(): Promise<void>;
}

export interface DiskGuardOptions {
  /** A folder on the cells' disk. */
  readonly folder: string;
  readonly bytesPerCell: number;
  readonly ids: "multi" | "single";
  /** False where writers cannot be told no (gVisor's kernel dies of it): such a cell is ended at its share. */
  readonly canBrake: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DiskGuard {
  /** Watches a cell until the returned function is called. */
  watch(cell: Guarded): Cancel;
  close(): void;
}

const mib = 1_048_576;
/** Free space that sank by this much is worth a measurement. */
const step = 16 * mib;
const checkMs = 200;
const fullCheckNs = 10_000_000_000n;

interface Watched extends Guarded {
  bytes: number;
  held: number;
  braked: boolean;
  /** What it held one look after it was braked: from then on only somebody who lifted the brake can grow. */
  brakedAt: number | null;
}

interface State extends DiskGuardOptions {
  readonly cells: Map<string, Watched>;
  freeBefore: number;
  measuredAtNs: bigint;
  busy: boolean;
}

export function createDiskGuard(options: DiskGuardOptions): DiskGuard {
  const state: State = { ...options, cells: new Map(), freeBefore: Infinity, measuredAtNs: 0n, busy: false };
  const stop = options.clock.every(checkMs, () => void check(state), { unref: true });
  return {
    watch(cell) {
      state.cells.set(cell.name, { ...cell, bytes: 0, held: 0, braked: false, brakedAt: null });
      return () => state.cells.delete(cell.name);
    },
    close: stop,
  };
}

async function check(state: State): Promise<void> {
  if (state.busy || state.cells.size === 0) return;
  state.busy = true;
  try {
    const free = await freeBytes(state.folder);
    const sank = state.freeBefore - free;
    const due = state.clock.monotonicNs() - state.measuredAtNs > fullCheckNs;
    const braked = [...state.cells.values()].some((cell) => cell.braked);
    if (sank < step && !due && !braked) return;
    state.freeBefore = free;
    await measure(state, Math.max(0, sank), free);
    state.measuredAtNs = state.clock.monotonicNs();
  } catch (cause) {
    state.log.write("warn", "the disk could not be measured", { reason: String(cause) });
  } finally {
    state.busy = false;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function measure(state: State, sank: number, free: number): Promise<void> {
  const cells = [...state.cells.values()];
  const sizes = await measureTrees(state, cells);
  const grown = cells.reduce((sum, cell) => sum + (sizes.get(cell.root) ?? cell.bytes) - cell.bytes, 0);
  // What sank without a tree growing may be held by files that have no name any more.
  const unexplained = sank - grown >= step / 2;
  const device = statSync(state.folder).dev;
  for (const cell of cells) {
    const tree = sizes.get(cell.root);
    if (tree === undefined) continue;
    const held = unexplained || cell.held > 0 ? heldBytes(cell.pids(), device) : 0;
    const grew = tree + held - cell.bytes - cell.held >= step;
    cell.bytes = tree;
    cell.held = held;
    await judge(state, cell, free < limits.diskReserveMb * mib && (grew || cell.braked));
  }
}

/** One du for all; when that takes too long, one for each, and whoever takes too long alone is ended. */
async function measureTrees(state: State, cells: readonly Watched[]): Promise<ReadonlyMap<string, number>> {
  const roots = cells.map((cell) => cell.root);
  const sizes = await treeBytes(roots, state.ids, state.clock);
  const missing = cells.filter((cell) => !sizes.has(cell.root) && state.cells.get(cell.name) === cell);
  const more = new Map(sizes);
  for (const cell of missing) {
    const alone = (await treeBytes([cell.root], state.ids, state.clock)).get(cell.root);
    if (alone !== undefined) more.set(cell.root, alone);
    else if (state.cells.get(cell.name) === cell) await end(state, cell, "holds more files than can be measured");
  }
  return more;
}

async function judge(state: State, cell: Watched, hostIsFull: boolean): Promise<void> {
  if (state.cells.get(cell.name) !== cell) return;
  const total = cell.bytes + cell.held;
  const over = total > state.bytesPerCell;
  if (!over && !hostIsFull) return release(state, cell);
  if (!state.canBrake) return end(state, cell, `holds ${total} bytes of ${state.bytesPerCell}`);
  if (cell.brakedAt !== null && total - cell.brakedAt >= step) return end(state, cell, "grows against its limit");
  if (cell.braked) cell.brakedAt ??= total;
  else state.log.write("warn", "a sandbox may not write more", { cell: cell.name, bytes: total });
  cell.braked = true;
  await limitFiles(state, cell, "0");
}

async function release(state: State, cell: Watched): Promise<void> {
  if (!cell.braked) return;
  cell.braked = false;
  cell.brakedAt = null;
  await limitFiles(state, cell, "unlimited");
}

async function end(state: State, cell: Watched, reason: string): Promise<void> {
  state.log.write("warn", "a sandbox was ended for its disk", { cell: cell.name, reason });
  await cell.kill();
}

/**
 * The soft limit only: raising a hard one again takes rights that an ordinary user does not have. Root may lack them too in
 * a container, so it acts as whoever owns the processes.
 */
async function limitFiles(state: State, cell: Watched, most: string): Promise<void> {
  const script = 'for pid in "$@"; do prlimit --pid "$pid" --fsize="$LIMIT": 2>/dev/null; done; :';
  for (const [owner, pids] of byOwner(cell.pids())) {
    const [uid = "", gid = ""] = owner.split(":");
    const as = state.ids === "multi" ? ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"] : [];
    await runToEnd("env", [`LIMIT=${most}`, ...as, "sh", "-c", script, "sh", ...pids.map(String)]);
  }
}

function byOwner(pids: readonly number[]): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const pid of pids) {
    const stat = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const owner = `${stat.uid}:${stat.gid}`;
    groups.set(owner, [...(groups.get(owner) ?? []), pid]);
  }
  return groups;
}
