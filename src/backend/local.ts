// The local server as a person handles it: start, stop, look, print its variables, read its log.
import type { LocalInput } from "../contracts/local-server.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { realClock } from "../host/clock.ts";
import { realEnv, type Env } from "../host/env.ts";
import {
  ensureLocalServer,
  localServerStatus,
  requireSettings,
  stopLocalServer,
  type EnsureOptions,
  type RunningServer,
} from "../local/daemon.ts";
import { localEnvironment, secureEnvironment } from "../local/environment.ts";
import { localHome } from "../local/home.ts";
import { readLost } from "../local/journal.ts";
import { followServerLog, readServerLog } from "../local/server-log.ts";
import { runningRecord } from "../local/server-record.ts";
import { askStatus, memoryUse } from "../local/server-status.ts";
import type { BackendOptions } from "./backend.ts";
import { endValidation } from "./running-validation.ts";
import { readSettings } from "./settings.ts";

/** Ends the server alone. `local stop` also ends a running validation, which a validation itself must not ask for. */
export async function endServer(env: Env = realEnv): Promise<void> {
  await stopLocalServer({ env });
}

export interface LocalCommandOptions extends BackendOptions {
  /** Takes the lines of `logs` with `follow` as they come. */
  readonly print?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Throws `local.*`. `env` and `start` bring the server up; the other actions only look at it or end it. */
export async function localCommand(
  input: LocalInput,
  options: LocalCommandOptions,
  env: Env = realEnv,
): Promise<object> {
  switch (input.action) {
    case "start": {
      const { url, isolation: level, pid, version, faultsToken } = await bringUp(input, options, env);
      return { running: true, url, isolation: level, pid, version, faults: faultsToken !== null, ...lostBefore(env) };
    }
    case "stop": {
      // First the validation: it would bring the server up again, or take its end for a failure.
      const validationEnded = await endValidation(env, realClock);
      const { stopped } = await stopLocalServer({ env });
      return { stopped, ...(validationEnded ? { validationEnded } : {}) };
    }
    case "status":
      return status(env);
    case "env":
      return variables(await bringUp(input, options, env));
    case "logs":
      return logs(input, options, env);
  }
}

async function bringUp(input: LocalInput, options: LocalCommandOptions, env: Env): Promise<RunningServer> {
  const settings = readSettings({ ...options, target: "local" }, env, process.cwd());
  const { maxSandboxes, spares, diskMb, idleSeconds, faults, profile, tls } = input;
  const port = input.port ?? settings.port;
  const asked: EnsureOptions = { maxSandboxes, spares, diskMb, idleSeconds, faults, profile, tls, port };
  const server = await ensureLocalServer({ ...asked, isolation: settings.isolation, env });
  requireSettings({ maxSandboxes, spares, diskMb, idleSeconds }, { env });
  const found = Number(new URL(server.url).port);
  if ((input.port ?? 0) === 0 || found === input.port) return server;
  const sentence = `Cannot use port ${port}: the local server (process ${server.pid}) already listens on port ${found}`;
  throw new SwarmError("local.version", sentence, {
    hint: "Stop it first: e2b-swarm local stop",
    details: { pid: server.pid, port: found },
  });
}

/** With TLS also what `https://` needs; with the fault plane open, where suites find it. */
function variables(server: RunningServer): object {
  const { url, apiKey, faultsToken, authorityFile } = server;
  const port = Number(new URL(url).port);
  const secure = authorityFile === null ? {} : secureEnvironment({ port, apiKey, authorityFile });
  const plane = faultsToken === null ? {} : { E2B_SWARM_FAULTS_URL: url, E2B_SWARM_FAULTS_TOKEN: faultsToken };
  return { ...localEnvironment(server), ...secure, ...plane };
}

async function status(env: Env): Promise<object> {
  const record = runningRecord(localHome(env));
  if (record === null) {
    const lost = readLost(localHome(env).sandboxesFile);
    return { ...localServerStatus({ env }), ...(lost.length === 0 ? {} : { lostSandboxes: lost }) };
  }
  const { url, isolation, pid, version, since, faultsToken, settings, lost } = record;
  const live = await askStatus(url, record.apiKey);
  const { serverMb, sandboxesMb, processes } = memoryUse(pid);
  return {
    running: true,
    url,
    isolation,
    pid,
    version,
    since,
    faults: faultsToken !== null,
    idleSeconds: settings.idleSeconds ?? null,
    // A server that is there and does not answer is worth knowing.
    answers: live !== null,
    ...live,
    serverMemoryMb: serverMb,
    sandboxesMemoryMb: sandboxesMb,
    processes,
    lostSandboxes: lost,
  };
}

function lostBefore(env: Env): object {
  const lost = runningRecord(localHome(env))?.lost ?? [];
  return lost.length === 0 ? {} : { lostSandboxes: lost };
}

async function logs(input: LocalInput, options: LocalCommandOptions, env: Env): Promise<object> {
  const home = localHome(env);
  const { level, lines } = input;
  if (input.follow !== true) return { path: home.logFile, text: readServerLog(home.logFile, { level, lines }) };
  await followServerLog(
    home.logFile,
    { level, lines },
    {
      print: options.print ?? (() => undefined),
      isOver: () => runningRecord(home) === null,
      clock: realClock,
      signal: options.signal ?? new AbortController().signal,
    },
  );
  return { path: home.logFile, text: "" };
}
