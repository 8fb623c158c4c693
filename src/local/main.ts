// The daemon: one local server as a detached process. Ends on SIGTERM, SIGINT or after a while without work, and takes
// every sandbox with it. Its only argument is a JSON object without secrets.
import { rmSync } from "node:fs";
import { isRecord } from "../contracts/json.ts";
import { invariant } from "../contracts/invariant.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Isolation } from "../contracts/target.ts";
import { realClock as clock } from "../host/clock.ts";
import { tryLock } from "../host/file-lock.ts";
import { jsonLog } from "../host/log.ts";
import { identify } from "../host/process-identity.ts";
import { localHome } from "./home.ts";
import { readRecord, writeRecord } from "./server-record.ts";
import { startLocalServer, type LocalServer, type LocalServerOptions } from "./server.ts";
import { packageVersion } from "../host/package-version.ts";

const log = jsonLog(clock, (line) => process.stderr.write(line));
const defaultIdleSeconds = 900;
const idleCheckMs = 1_000;

interface Settings extends LocalServerOptions {
  readonly home: string;
  readonly isolation: Isolation;
  readonly idleSeconds: number;
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv[2] ?? "");
  const home = localHome({ E2B_SWARM_HOME: settings.home });
  const alive = tryLock(home.aliveFile);
  if (!("release" in alive)) throw alreadyServed(alive.pid);
  const server = await startLocalServer({ ...settings, log }).catch((cause: unknown) => {
    alive.release();
    throw cause;
  });
  let ending = false;
  const end = async (reason: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log.write("info", "stopping", { reason });
    await server.close();
    // A later server may have written its own record meanwhile.
    if (readRecord(home)?.pid === process.pid) rmSync(home.serverFile, { force: true });
    alive.release();
    process.exit(0);
  };
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => void end(name));
  endWhenIdle(server, settings.idleSeconds, end);
  const self = identify(process.pid);
  invariant(self !== null, "this process is alive");
  const { url, apiKey, runParent } = server;
  const record = { url, apiKey, pid: self.pid, startedAt: self.startedAt, version: packageVersion() };
  writeRecord(home, { ...record, isolation: settings.isolation, runParent });
  log.write("info", "listening", { url, isolation: settings.isolation });
}

/** Its record was removed, or written by a version that ours cannot read. */
function alreadyServed(pid: number): SwarmError {
  const sentence = `Cannot start a local server: process ${pid} already serves this folder, but has no record that can be read`;
  return new SwarmError("local.version", sentence, { hint: "Stop it first: e2b-swarm local stop", details: { pid } });
}

function endWhenIdle(server: LocalServer, idleSeconds: number, end: (reason: string) => Promise<void>): void {
  const idleNs = BigInt(Math.round(idleSeconds * 1e9));
  clock.every(idleCheckMs, () => {
    if (server.running() === 0 && clock.monotonicNs() - server.lastRequestNs() > idleNs) void end("idle");
  });
}

function readSettings(text: string): Settings {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the daemon was started with its settings");
  const { home, isolation, port, maxSandboxes, spares, idleSeconds, diskMb } = value;
  invariant(typeof home === "string", "the daemon knows its home folder");
  invariant(
    isolation === undefined || isolation === "bwrap" || isolation === "gvisor" || isolation === "none",
    "isolation is known",
  );
  return {
    home,
    isolation: isolation ?? "bwrap",
    idleSeconds: typeof idleSeconds === "number" ? idleSeconds : defaultIdleSeconds,
    ...(typeof diskMb === "number" ? { diskMb } : {}),
    ...(typeof port === "number" ? { port } : {}),
    ...(typeof maxSandboxes === "number" ? { maxSandboxes } : {}),
    ...(typeof spares === "number" ? { spares } : {}),
  };
}

main().catch((thrown: unknown) => {
  const error = SwarmError.from(thrown);
  // `reason` without its [code]: the starting process builds its own error from these fields.
  const reason = error.message.replace(/^\[[^\]]+\] /, "");
  log.write("error", "the local server did not start", { code: error.code, reason, hint: error.hint ?? null });
  process.exitCode = 1;
});
