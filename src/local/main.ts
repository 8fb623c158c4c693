// The daemon: one local server as a detached process. Ends on SIGTERM, SIGINT or after a while without work, and takes
// every sandbox with it. Its only argument is a JSON object without secrets.
import { rmSync } from "node:fs";
import { invariant } from "../contracts/invariant.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { realClock as clock } from "../host/clock.ts";
import { lockHolder, tryLock } from "../host/file-lock.ts";
import { jsonLog } from "../host/log.ts";
import { packageVersion } from "../host/package-version.ts";
import { identify, type ProcessIdentity } from "../host/process-identity.ts";
import { alreadyServed } from "./already-served.ts";
import { pickAsked, readDaemonSettings, type DaemonSettings } from "./daemon-settings.ts";
import { localHome, type LocalHome } from "./home.ts";
import { readLost } from "./journal.ts";
import { openServerLog } from "./server-log.ts";
import { readRecord, writeRecord, type ServerRecord } from "./server-record.ts";
import { startLocalServer, type LocalServer, type LocalServerOptions } from "./server.ts";

const toStderr = (line: string): void => void process.stderr.write(line);
let sink = toStderr;
const log = jsonLog(clock, (line) => sink(line));
const defaultIdleSeconds = 900;
const tendMs = 1_000;

async function main(): Promise<void> {
  const settings = readDaemonSettings(process.argv[2] ?? "");
  const home = localHome({ E2B_SWARM_HOME: settings.home });
  const starter = watchStarter(settings.watched);
  const alive = tryLock(home.aliveFile);
  if (!("release" in alive)) throw alreadyServed(alive.pid);
  if (settings.watched) sink = openServerLog(home.logFile);
  const lost = readLost(home.sandboxesFile);
  const tls = settings.tls === true ? { tls: { folder: home.tlsFolder } } : {};
  const options = { ...optionsOf(settings), ...tls, journalFile: home.sandboxesFile };
  const server = await startLocalServer(options).catch((cause: unknown) => {
    alive.release();
    throw cause;
  });
  const self = identify(process.pid);
  invariant(self !== null, "this process is alive");
  const { url, apiKey, runParent, faultsToken, authorityFile } = server;
  const { isolation } = settings;
  const since = new Date(clock.nowMs()).toISOString();
  const who = { pid: self.pid, startedAt: self.startedAt, version: packageVersion(), since };
  const access = { url, apiKey, faultsToken, authorityFile };
  const record = { ...who, ...access, isolation, runParent, settings: pickAsked({ ...settings }), lost };
  let ending = false;
  const end = async (reason: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log.write("info", "stopping", { reason });
    const isHome = holds(home, self);
    // First its record: nobody finds a server that is about to be gone.
    if (isHome && readRecord(home)?.pid === self.pid) rmSync(home.serverFile, { force: true });
    await server.close();
    log.write("info", "stopped", { reason });
    if (holds(home, self)) alive.release();
    process.exit(0);
  };
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => void end(name));
  if (starter.isGone()) return end("nobody waits for this server any more");
  writeRecord(home, record);
  log.write("info", "listening", { url, isolation });
  clock.every(tendMs, () => {
    if (!ending) void tend({ home, record, server, end, idleSeconds: settings.idleSeconds });
  });
}

interface Tended {
  readonly home: LocalHome;
  readonly record: ServerRecord;
  readonly server: LocalServer;
  readonly idleSeconds: number | undefined;
  readonly end: (reason: string) => Promise<void>;
}

/** Once a second: mend a lost record, end when the folder is another's or nothing happens. */
function tend({ home, record, server, idleSeconds = defaultIdleSeconds, end }: Tended): Promise<void> | void {
  if (!holds(home, record)) return end("its folder is gone or serves another");
  if (readRecord(home)?.pid !== record.pid) mend(home, record);
  const idleNs = BigInt(Math.round(idleSeconds * 1e9));
  if (server.held() === 0 && clock.monotonicNs() - server.lastRequestNs() > idleNs) return end("idle");
}

function mend(home: LocalHome, record: ServerRecord): void {
  try {
    writeRecord(home, record);
    log.write("warn", "the record of this server was lost and is written again");
  } catch (cause) {
    log.write("error", "the record of this server cannot be written", { reason: String(cause) });
  }
}

function holds(home: LocalHome, self: ProcessIdentity): boolean {
  const holder = lockHolder(home.aliveFile);
  return holder?.pid === self.pid && holder.startedAt === self.startedAt;
}

/** The pipe of whoever starts this server closes with that process, also when it is killed. */
function watchStarter(watched: boolean): { isGone(): boolean } {
  let gone = false;
  if (watched) process.stdin.once("close", () => (gone = true)).resume();
  return { isGone: () => gone };
}

function optionsOf({
  isolation,
  port,
  maxSandboxes,
  spares,
  diskMb,
  faults,
  profile,
}: DaemonSettings): LocalServerOptions {
  return {
    isolation,
    log,
    ...(port === undefined ? {} : { port }),
    ...(maxSandboxes === undefined ? {} : { maxSandboxes }),
    ...(spares === undefined ? {} : { spares }),
    ...(diskMb === undefined ? {} : { diskMb }),
    ...(faults === undefined ? {} : { faults }),
    ...(profile === undefined ? {} : { profile }),
  };
}

main().catch((thrown: unknown) => {
  const error = SwarmError.from(thrown);
  // `reason` without its [code]: the starting process builds its own error from these fields.
  const reason = error.message.replace(/^\[[^\]]+\] /, "");
  log.write("error", "the local server did not start", { code: error.code, reason, hint: error.hint ?? null });
  // The pipe of the starter would keep this process alive; everything said is written.
  process.exit(1);
});
