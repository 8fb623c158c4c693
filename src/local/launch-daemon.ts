// Starts the server's process and says in one error why it did not come up. Its starter holds a pipe to it: a server whose
// starter died before it stood ends by itself, so that nothing comes up after everybody stopped waiting.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { faults, type FaultCode } from "../contracts/faults.ts";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { unwritable } from "../host/durable-file.ts";
import type { Env } from "../host/env.ts";
import { packageFolder } from "../host/package-folder.ts";
import type { DaemonSettings } from "./daemon-settings.ts";
import type { LocalHome } from "./home.ts";
import { moveLogAside } from "./server-log.ts";

const logTailBytes = 4_000;

export interface LaunchedDaemon {
  readonly child: ChildProcess;
  /** Why it ended, once it did. */
  ended(): string | null;
  /** It stands: from here on it lives without us. */
  letGo(): void;
}

export function launchDaemon(home: LocalHome, settings: DaemonSettings, env: Env): LaunchedDaemon {
  const log = openLog(home);
  let ended: string | null = null;
  try {
    const child = spawn(process.execPath, [mainFile(), JSON.stringify(settings)], {
      detached: true,
      stdio: ["pipe", "ignore", log],
      cwd: "/",
      env: daemonEnv(env),
    });
    child.once("exit", (code, signal) => (ended = `it ended with ${signal ?? `exit code ${code}`}`));
    child.once("error", (cause) => (ended = cause.message));
    child.stdin?.on("error", () => undefined);
    const letGo = (): void => {
      child.stdin?.end();
      child.unref();
    };
    return { child, ended: () => ended, letGo };
  } finally {
    closeSync(log);
  }
}

function openLog(home: LocalHome): number {
  try {
    moveLogAside(home.logFile);
    return openSync(home.logFile, "a", 0o600);
  } catch (cause) {
    throw unwritable(home.logFile, cause);
  }
}

/** The server needs to find programs and its temporary folder; keys of the caller stay out of it. */
function daemonEnv(env: Env): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = env;
  return Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR, LANG }).filter(([, value]) => value !== undefined));
}

/** The compiled program, from dist/ as well as from the sources. */
function mainFile(): string {
  const file = packageFolder("dist/src/local/main.js");
  if (existsSync(file)) return file;
  throw new SwarmError("local.start", "Cannot start the local server: dist/src/local/main.js does not exist", {
    hint: "Run npm run build",
  });
}

/** The last line of the server's log is its own account of why it gave up. */
export function startError(home: LocalHome, ended: string): SwarmError {
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
