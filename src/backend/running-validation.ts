// The validation that measures on this machine: where its lock lies, how it is ended, and what a killed one left behind.
// A command that was killed cannot tell its validation to stop, so `local stop` does.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../contracts/json.ts";
import type { Clock } from "../host/clock.ts";
import type { Env } from "../host/env.ts";
import { tryLock } from "../host/file-lock.ts";
import { identify, isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import { localHome } from "../local/home.ts";

/** The folder of this user's signing key and of the lock that the measuring process holds. */
export function validationHome(env: Env): { readonly keys: string; readonly lockFile: string } {
  const { folder } = localHome(env);
  return { keys: folder, lockFile: join(folder, "validate.lock") };
}

const scratchPrefix = "e2b-swarm-run-";
const ownerName = "owner.json";
/** A validation that was asked to end closes its bundle; this is how long it may take, ms. */
const closeMs = 25_000;
const pollMs = 20;

/** A temporary folder that names the process it belongs to, so that it can be swept when that process was killed. */
export function makeScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), scratchPrefix));
  writeFileSync(join(folder, ownerName), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  return folder;
}

/** Ends the validation of this home and removes what killed ones left. True when one was running. */
export async function endValidation(env: Env, clock: Clock): Promise<boolean> {
  const { lockFile } = validationHome(env);
  const holder = existsSync(lockFile) ? tryLock(lockFile) : null;
  if (holder !== null && "release" in holder) holder.release();
  // A validation that stops the server it started must not end itself.
  const running = holder !== null && "pid" in holder && holder.pid !== process.pid ? holder : null;
  if (running !== null) await end(running, clock);
  for (const folder of abandoned()) rmSync(folder, { recursive: true, force: true });
  return running !== null;
}

async function end(running: ProcessIdentity, clock: Clock): Promise<void> {
  signal(running.pid, "SIGTERM");
  const deadline = clock.monotonicNs() + BigInt(closeMs) * 1_000_000n;
  while (isAlive(running) && clock.monotonicNs() < deadline) await clock.sleep(pollMs);
  if (isAlive(running)) signal(running.pid, "SIGKILL");
  while (isAlive(running)) await clock.sleep(pollMs);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}

function abandoned(): string[] {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(scratchPrefix));
  return names.map((name) => join(tmpdir(), name)).filter((folder) => isAbandoned(folder));
}

/** Another user's folders, and those of living processes, are left alone. */
function isAbandoned(folder: string): boolean {
  try {
    if (statSync(folder).uid !== process.getuid?.()) return false;
    const owner: unknown = JSON.parse(readFileSync(join(folder, ownerName), "utf8"));
    if (!isRecord(owner) || typeof owner.pid !== "number" || typeof owner.startedAt !== "string") return false;
    return !isAlive({ pid: owner.pid, startedAt: owner.startedAt });
  } catch {
    return false;
  }
}
