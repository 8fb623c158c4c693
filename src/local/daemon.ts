// One local server per user and home folder, started on demand as a process of its own, found again through server.json.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { FaultCode } from "../contracts/faults.ts";
import { faults } from "../contracts/faults.ts";
import { isRecord } from "../contracts/json.ts";
import type { Isolation } from "../contracts/target.ts";
import { realClock, type Clock } from "../host/clock.ts";
import { unwritable } from "../host/durable-file.ts";
import { realEnv, type Env } from "../host/env.ts";
import { acquireLock, tryLock } from "../host/file-lock.ts";
import { isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import { localHome, type LocalHome } from "./home.ts";
import { sweep } from "./isolation/sweep.ts";
import { readRecord, runningRecord, type ServerRecord } from "./server-record.ts";
import { packageFolder } from "../host/package-folder.ts";
import { packageVersion } from "../host/package-version.ts";

export interface EnsureOptions {
  /** Default `bwrap`. A running server of another isolation is an error, never a silent substitute. */
  readonly isolation?: Isolation;
  readonly port?: number;
  readonly maxSandboxes?: number;
  readonly spares?: number;
  /** The server ends by itself after this long without sandboxes and requests; default 900 s. */
  readonly idleSeconds?: number;
  readonly env?: Env;
  readonly clock?: Clock;
}

export interface RunningServer {
  readonly url: string;
  readonly apiKey: string;
  readonly isolation: Isolation;
  readonly pid: number;
  readonly version: string;
}

export type LocalServerStatus =
  | { readonly running: false }
  | ({ readonly running: true } & Omit<RunningServer, "apiKey">);

const startWaitMs = 20_000;
const lockWaitMs = 30_000;
const stopWaitMs = 20_000;
const pollMs = 10;
const logTailBytes = 4000;

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
  const record = readRecord(home);
  const living = record !== null && isAlive(record) ? record : unrecorded(home);
  if (living !== null) await end(living, clock);
  await sweep(clock, record?.runParent);
  for (const path of [home.serverFile, home.aliveFile, home.logFile]) rmSync(path, { force: true });
  removeIfEmpty(home.folder);
  return { stopped: living !== null };
}

/** Looks only; starts nothing. */
export function localServerStatus(options: Pick<EnsureOptions, "env"> = {}): LocalServerStatus {
  const record = runningRecord(localHome(options.env ?? realEnv));
  if (record === null) return { running: false };
  const { url, isolation, pid, version } = record;
  return { running: true, url, isolation, pid, version };
}

/** A server whose record is gone or unreadable still holds its lock. */
function unrecorded(home: LocalHome): ProcessIdentity | null {
  if (!existsSync(home.aliveFile)) return null;
  const held = tryLock(home.aliveFile);
  if (!("release" in held)) return held;
  held.release();
  return null;
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
  const { url, apiKey, isolation, pid, version } = record;
  if (version !== wanted.version || isolation !== wanted.isolation) {
    const sentence = `Cannot use the local server (process ${pid}): it runs version ${version} with isolation ${isolation}, but version ${wanted.version} with isolation ${wanted.isolation} is wanted`;
    throw new SwarmError("local.version", sentence, {
      hint: "Stop it first: e2b-swarm local stop",
      details: { pid, version, isolation },
    });
  }
  return { url, apiKey, isolation, pid, version };
}

function makeHome(home: LocalHome): void {
  try {
    mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(home.folder, cause);
  }
}

async function start(home: LocalHome, options: EnsureOptions, clock: Clock): Promise<ServerRecord> {
  // A predecessor that was killed may have kept its sandboxes elsewhere than the new server will.
  const killed = readRecord(home);
  if (killed !== null) await sweep(clock, killed.runParent);
  rmSync(home.serverFile, { force: true });
  const child = launch(home, options);
  const fate: { ended: string | null } = { ended: null };
  child.once("exit", (code, signal) => (fate.ended = `it ended with ${signal ?? `exit code ${code}`}`));
  child.once("error", (cause) => (fate.ended = cause.message));
  const deadline = clock.monotonicNs() + BigInt(startWaitMs) * 1_000_000n;
  while (clock.monotonicNs() < deadline && fate.ended === null) {
    const record = runningRecord(home);
    if (record !== null) {
      child.unref();
      return record;
    }
    await clock.sleep(pollMs);
  }
  child.kill("SIGKILL");
  throw startError(home, fate.ended ?? `it was not ready after ${startWaitMs} ms`);
}

function launch(home: LocalHome, options: EnsureOptions): ReturnType<typeof spawn> {
  const log = openSync(home.logFile, "w", 0o600);
  try {
    const { isolation, port, maxSandboxes, spares, idleSeconds } = options;
    const settings = JSON.stringify({ home: home.folder, isolation, port, maxSandboxes, spares, idleSeconds });
    return spawn(process.execPath, [mainFile(), settings], {
      detached: true,
      stdio: ["ignore", "ignore", log],
      cwd: "/",
      env: daemonEnv(options.env ?? realEnv),
    });
  } finally {
    closeSync(log);
  }
}

/** The server needs to find programs and its temporary folder; keys of the caller stay out of it. */
function daemonEnv(env: Env): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = env;
  return Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG }).filter(([, value]) => value !== undefined));
}

function mainFile(): string {
  const file = packageFolder("dist/src/local/main.js");
  if (existsSync(file)) return file;
  throw new SwarmError("local.start", "Cannot start the local server: dist/src/local/main.js does not exist", {
    hint: "Run npm run build",
  });
}

/** The last line of the server's log is its own account of why it gave up. */
function startError(home: LocalHome, ended: string): SwarmError {
  const tail = readTail(home.logFile);
  for (const line of tail.split("\n").reverse()) {
    const said = parseLine(line);
    if (said !== null)
      return new SwarmError(said.code, said.message, said.hint === undefined ? {} : { hint: said.hint });
  }
  const last = tail.trim().split("\n").at(-1) ?? "";
  return new SwarmError(
    "local.start",
    `Cannot start the local server: ${ended}${last === "" ? "" : ` (${last.slice(0, 300)})`}`,
    {
      hint: `Read ${home.logFile}`,
    },
  );
}

function readTail(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(-logTailBytes);
  } catch {
    return "";
  }
}

interface Said {
  readonly code: FaultCode;
  readonly message: string;
  readonly hint: string | undefined;
}

function parseLine(line: string): Said | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || typeof value.code !== "string" || typeof value.reason !== "string") return null;
    if (!isFaultCode(value.code)) return null;
    const hint = typeof value.hint === "string" ? value.hint : undefined;
    return { code: value.code, message: value.reason, hint };
  } catch {
    return null;
  }
}

function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code);
}
