// Coordinators of a live swarm as processes of their own: started when there are fewer than the swarm was set up with, ended by
// the swarm's end. Who started them may go.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Coordinate, Presence } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { unwritable } from "../../host/durable-file.ts";
import { acquireLock } from "../../host/file-lock.ts";
import type { Parts } from "../parts.ts";
import { programPath } from "../paths.ts";
import { bulletinOf, configKey, coordinatorsOf, type LiveSwarm } from "./live-swarm.ts";
import { until } from "./until.ts";

const logName = "coordinators.log";
const startWithinMs = 20_000;
const tailBytes = 2_000;
/** Of one call: coordinators that cannot live are not started for ever. */
const mostLaunched = 6;

/** Conviction below which the swarm trades nothing, millionths. */
const deadbands = { aggressive: 0, balanced: 200_000, adaptive: 200_000, conservative: 400_000 } as const;

/**
 * Resolves when as many coordinators live as the swarm was set up with and one of them leads. Throws `swarm.silent` with the
 * last words of the log when none comes to lead.
 */
export async function ensureCoordinators(parts: Parts, swarm: LiveSwarm): Promise<void> {
  const log = logOf(parts);
  const living = await coordinatorsOf(swarm);
  if (living.length < swarm.config.coordinators) {
    const folder = makeFolder(parts);
    // Two calls at once must not both start the missing ones.
    const lock = await acquireLock(join(folder, `${swarm.swarmId}.lock`), parts.clock, startWithinMs);
    try {
      const launch = openLauncher(parts, swarm);
      // Looked at again and again: one that lived a moment ago may have been dying.
      const isThere = async (): Promise<boolean> => {
        const present = await coordinatorsOf(swarm);
        launch(present, swarm.config.coordinators);
        return present.length >= swarm.config.coordinators;
      };
      if (!(await until(parts.clock, startWithinMs, isThere))) throw silent(swarm, "did not start", log);
    } finally {
      lock.release();
    }
  }
  const isLed = async (): Promise<boolean> => (await bulletinOf(swarm)) !== null;
  if (!(await until(parts.clock, startWithinMs, isLed))) throw silent(swarm, "do not lead", log);
}

/** What it returns starts as many as are missing to `count`, those coming up counted in; throws `state.unwritable`. */
export function openLauncher(parts: Parts, swarm: LiveSwarm): (present: readonly Presence[], count: number) => void {
  const launched: ChildProcess[] = [];
  return (present, count) => {
    const pids = new Set(present.map(({ pid }) => pid));
    const coming = launched.filter(({ pid, exitCode, signalCode }) => {
      return pid !== undefined && exitCode === null && signalCode === null && !pids.has(pid);
    });
    const missing = count - pids.size - coming.length;
    for (let i = 0; i < missing && launched.length < mostLaunched; i += 1) launched.push(launch(parts, swarm));
  };
}

function launch(parts: Parts, { swarmId, config }: LiveSwarm): ChildProcess {
  const { settings, env } = parts;
  const { topology, maxAgents, strategy } = config;
  const told: Coordinate = {
    namespace: swarmId,
    // One that comes up after the swarm was forgotten goes again.
    onlyWhile: configKey,
    // Nobody is started before somebody is wanted.
    agents: 0,
    maxAgents,
    topology,
    deadbandPpm: deadbands[strategy],
    ...(strategy === "adaptive" ? { distribution: "adaptive" } : {}),
  };
  const words = {
    E2B_SWARM_TARGET: settings.target,
    E2B_SWARM_ISOLATION: settings.isolation,
    E2B_SWARM_STATE: settings.folder,
  };
  const file = openLog(join(makeFolder(parts), logName));
  try {
    const child = spawn(process.execPath, [programPath("coordinator"), JSON.stringify(told)], {
      detached: true,
      stdio: ["ignore", "ignore", file],
      cwd: "/",
      env: { ...env, ...words },
    });
    child.on("error", () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(file);
  }
}

function makeFolder({ settings }: Parts): string {
  const folder = join(settings.folder, ".swarm");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function logOf({ settings }: Parts): string {
  return join(settings.folder, ".swarm", logName);
}

function openLog(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function silent({ swarmId, config }: LiveSwarm, what: string, log: string): SwarmError {
  const last = lastLine(log);
  return new SwarmError(
    "swarm.silent",
    `Cannot reach swarm ${swarmId}: its ${config.coordinators} coordinators ${what} within ${startWithinMs} ms${last === "" ? "" : ` (${last})`}`,
    { hint: `Read ${log}`, details: { swarmId } },
  );
}

function lastLine(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(-tailBytes).trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  } catch {
    return "";
  }
}
