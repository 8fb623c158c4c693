// A lock between processes: an exclusive file that names its holder. A holder that died is detected by pid and start
// time, so kill -9 never leaves a lock behind that a person must remove.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRecord } from "../contracts/json.ts";
import { invariant } from "../contracts/invariant.ts";
import { SwarmError, type SwarmErrorOptions } from "../contracts/swarm-error.ts";
import type { Clock } from "./clock.ts";
import { unwritable } from "./durable-file.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

export interface FileLock {
  release(): void;
}

/** Takes the lock at once, or returns the holder's identity. */
export function tryLock(path: string): FileLock | ProcessIdentity {
  const self = identify(process.pid);
  invariant(self !== null, "this process is alive");
  const mine = `${path}.${process.pid}.${Math.trunc(performance.now() * 1000)}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(mine, JSON.stringify(self), { mode: 0o600 });
  } catch (cause) {
    rmSync(mine, { force: true });
    throw unwritable(path, cause);
  }
  try {
    for (let attempt = 0; attempt < 8; attempt++) {
      try {
        linkSync(mine, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch {
        const holder = readHolder(path);
        if (holder !== null && isAlive(holder)) return holder;
        clearStale(path, `${mine}.stale`, holder);
      }
    }
    return { pid: 0, startedAt: "unknown" };
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Who holds the lock, without touching it; null when nobody alive does. */
export function lockHolder(path: string): ProcessIdentity | null {
  const holder = readHolder(path);
  return holder !== null && isAlive(holder) ? holder : null;
}

/** Waits up to `waitMs` (default 10 s) for the lock; then throws `state.locked`. */
export async function acquireLock(path: string, clock: Clock, waitMs = 10_000): Promise<FileLock> {
  const deadline = clock.monotonicNs() + BigInt(waitMs) * 1_000_000n;
  for (;;) {
    const outcome = tryLock(path);
    if ("release" in outcome) return outcome;
    if (clock.monotonicNs() >= deadline) throw lockedBy(path, outcome);
    await clock.sleep(15);
  }
}

function lockedBy(path: string, holder: ProcessIdentity): SwarmError {
  const options: SwarmErrorOptions = { hint: "Wait for it to end, then try again", details: { pid: holder.pid } };
  return new SwarmError("state.locked", `Cannot lock ${path}: process ${holder.pid} holds it`, options);
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isRecord(value)) return null;
    const { pid, startedAt } = value;
    return typeof pid === "number" && typeof startedAt === "string" ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}

/** Moves the stale file aside, and puts it back if another process renewed it in between. */
function clearStale(path: string, aside: string, seen: ProcessIdentity | null): void {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== null && isAlive(moved) && moved.pid !== seen?.pid) {
    try {
      linkSync(aside, path);
    } catch {
      // Somebody locked again meanwhile; the moved holder will find out when it releases.
    }
  }
  rmSync(aside, { force: true });
}
