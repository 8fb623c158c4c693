// One local server per user and home folder, started on demand as a process of its own, found again through server.json.
import { existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Isolation } from "../contracts/target.ts";
import { realClock, type Clock } from "../host/clock.ts";
import { unwritable } from "../host/durable-file.ts";
import { realEnv, type Env } from "../host/env.ts";
import { acquireLock, lockHolder } from "../host/file-lock.ts";
import { isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import { alreadyServed } from "./already-served.ts";
import { difference, meanings, pickAsked, sizes, withEnvironment, type AskedSettings } from "./daemon-settings.ts";
import { localHome, type LocalHome } from "./home.ts";
import { sweep } from "./isolation/sweep.ts";
import { launchDaemon, startError } from "./launch-daemon.ts";
import { readRecord, runningRecord, type ServerRecord } from "./server-record.ts";
import { packageVersion } from "../host/package-version.ts";

/** `faults` and `profile` that a running server does not have are an error; the sizes count only when one is started. */
export interface EnsureOptions extends AskedSettings {
  /** Default `bwrap`. A running server of another isolation is an error, never a silent substitute. */
  readonly isolation?: Isolation;
  readonly env?: Env;
  readonly clock?: Clock;
}

export interface RunningServer {
  readonly url: string;
  readonly apiKey: string;
  readonly isolation: Isolation;
  readonly pid: number;
  readonly version: string;
  /** Opens the admin route of the fault plane; null while that is off. */
  readonly faultsToken: string | null;
  readonly authorityFile: string | null;
}

export type LocalServerStatus =
  | { readonly running: false }
  | ({ readonly running: true } & Omit<RunningServer, "apiKey" | "faultsToken" | "authorityFile">);

const startWaitMs = 20_000;
const lockWaitMs = 30_000;
const stopWaitMs = 20_000;
const pollMs = 10;

/** Finds the running server or starts one. Throws `local.version`, `local.start`, `local.isolation` or `local.port`. */
export async function ensureLocalServer(options: EnsureOptions = {}): Promise<RunningServer> {
  const clock = options.clock ?? realClock;
  const home = localHome(options.env ?? realEnv);
  const found = runningRecord(home);
  if (found !== null) return checked(found, options);
  makeHome(home);
  const lock = await acquireLock(home.lockFile, clock, lockWaitMs);
  try {
    const meanwhile = runningRecord(home);
    return checked(meanwhile ?? (await start(home, options, clock)), options);
  } finally {
    lock.release();
  }
}

/** Stops the server with every sandbox; sweeps what a killed one left. Resolves when all of it is gone. */
export async function stopLocalServer(
  options: Pick<EnsureOptions, "env" | "clock"> = {},
): Promise<{ readonly stopped: boolean }> {
  const clock = options.clock ?? realClock;
  const home = localHome(options.env ?? realEnv);
  if (!existsSync(home.folder)) {
    await sweep(clock);
    return { stopped: false };
  }
  // Whoever is starting one finishes first; nobody starts another meanwhile.
  const lock = await acquireLock(home.lockFile, clock, lockWaitMs);
  try {
    const record = readRecord(home);
    const living = record !== null && isAlive(record) ? record : lockHolder(home.aliveFile);
    // Nobody shall find it any more; a server without its record would write it again, were it not about to end.
    rmSync(home.serverFile, { force: true });
    if (living !== null) await end(living, clock);
    await sweep(clock, record?.runParent);
    for (const path of [home.aliveFile, home.sandboxesFile]) rmSync(path, { force: true });
    return { stopped: living !== null };
  } finally {
    lock.release();
    removeIfEmpty(home.folder);
  }
}

/** Looks only; starts nothing. */
export function localServerStatus(options: Pick<EnsureOptions, "env"> = {}): LocalServerStatus {
  const record = runningRecord(localHome(options.env ?? realEnv));
  if (record === null) return { running: false };
  const { url, isolation, pid, version } = record;
  return { running: true, url, isolation, pid, version };
}

async function end(record: ProcessIdentity, clock: Clock): Promise<void> {
  signal(record.pid, "SIGTERM");
  const deadline = clock.monotonicNs() + BigInt(stopWaitMs) * 1_000_000n;
  while (isAlive(record) && clock.monotonicNs() < deadline) await clock.sleep(pollMs);
  // Its sandboxes die with it; the sweep removes the rest.
  if (isAlive(record)) signal(record.pid, "SIGKILL");
  while (isAlive(record)) await clock.sleep(pollMs);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody keeps something there, or it was never made.
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}

function checked(record: ServerRecord, options: EnsureOptions): RunningServer {
  const wanted = { version: packageVersion(), isolation: options.isolation ?? "bwrap" };
  const { url, apiKey, isolation, pid, version, faultsToken, authorityFile } = record;
  if (version !== wanted.version || isolation !== wanted.isolation) {
    const sentence = `Cannot use the local server (process ${pid}): it runs version ${version} with isolation ${isolation}, but version ${wanted.version} with isolation ${wanted.isolation} is wanted`;
    throw otherServer(sentence, record);
  }
  const other = difference(meanings, options, record.settings);
  if (other !== null) throw otherServer(differentSetting(pid, other), record);
  return { url, apiKey, isolation, pid, version, faultsToken, authorityFile };
}

function differentSetting(pid: number, { setting, wanted, found }: NonNullable<ReturnType<typeof difference>>): string {
  return `Cannot use the local server (process ${pid}): ${setting} is ${found} there, but ${wanted} is wanted`;
}

/** For what a person typed: throws `local.version` also where the running server only has another size. */
export function requireSettings(asked: AskedSettings, options: Pick<EnsureOptions, "env">): void {
  const record = runningRecord(localHome(options.env ?? realEnv));
  const other = record === null ? null : difference(sizes, asked, record.settings);
  if (record !== null && other !== null) throw otherServer(differentSetting(record.pid, other), record);
}

function otherServer(sentence: string, { pid, version, isolation }: ServerRecord): SwarmError {
  return new SwarmError("local.version", sentence, {
    hint: "Stop it first: e2b-swarm local stop",
    details: { pid, version, isolation },
  });
}

function makeHome(home: LocalHome): void {
  try {
    mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(home.folder, cause);
  }
}

async function start(home: LocalHome, options: EnsureOptions, clock: Clock): Promise<ServerRecord> {
  const { isolation = "bwrap", env = realEnv } = options;
  const asked = withEnvironment(pickAsked({ ...options }), env);
  const coming = await settled(home, clock);
  if (coming !== null) return coming;
  const holder = lockHolder(home.aliveFile);
  if (holder !== null) throw alreadyServed(holder.pid);
  // A predecessor that was killed may have kept its sandboxes elsewhere than the new server will.
  const killed = readRecord(home);
  if (killed !== null) await sweep(clock, killed.runParent);
  rmSync(home.serverFile, { force: true });
  const daemon = launchDaemon(home, { ...asked, home: home.folder, isolation, watched: true }, env);
  const deadline = clock.monotonicNs() + BigInt(startWaitMs) * 1_000_000n;
  while (clock.monotonicNs() < deadline && daemon.ended() === null) {
    const record = runningRecord(home);
    if (record !== null) {
      daemon.letGo();
      return record;
    }
    await clock.sleep(pollMs);
  }
  daemon.child.kill("SIGKILL");
  throw startError(home, daemon.ended() ?? `it was not ready after ${startWaitMs} ms`);
}

/**
 * A server without a record is starting, stopping, or has just lost it and will write it again. Waits until it is one or the
 * other: its record, or null when it is gone, or is still neither.
 */
async function settled(home: LocalHome, clock: Clock): Promise<ServerRecord | null> {
  const deadline = clock.monotonicNs() + BigInt(stopWaitMs) * 1_000_000n;
  while (clock.monotonicNs() < deadline && lockHolder(home.aliveFile) !== null) {
    const record = runningRecord(home);
    if (record !== null) return record;
    await clock.sleep(pollMs);
  }
  return null;
}
