// Coordinators of a live swarm as processes of their own: started when there are fewer than the swarm was set up with, ended by
// the swarm's end. Who started them may go.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Coordinate, SwarmConfig } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { unwritable } from "../../host/durable-file.ts";
import { acquireLock } from "../../host/file-lock.ts";
import type { Parts } from "../parts.ts";
import { programPath } from "../paths.ts";
import { bulletinOf, coordinatorsOf, type LiveSwarm } from "./live-swarm.ts";
import { until } from "./until.ts";

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
  const folder = join(parts.settings.folder, ".swarm");
  const log = join(folder, "coordinators.log");
  const living = await coordinatorsOf(swarm);
  if (living.length < swarm.config.coordinators) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw unwritable(folder, cause);
    }
    // Two calls at once must not both start the missing ones.
    const lock = await acquireLock(join(folder, `${swarm.swarmId}.lock`), parts.clock, startWithinMs);
    try {
      const launched: ChildProcess[] = [];
      // Looked at again and again: one that lived a moment ago may have been dying.
      const isThere = async (): Promise<boolean> => {
        const present = new Set((await coordinatorsOf(swarm)).map(({ pid }) => pid));
        const coming = launched.filter(({ pid, exitCode, signalCode }) => {
          return pid !== undefined && exitCode === null && signalCode === null && !present.has(pid);
        });
        const missing = swarm.config.coordinators - present.size - coming.length;
        for (let i = 0; i < missing && launched.length < mostLaunched; i += 1) {
          launched.push(launch(parts, swarm.config, log));
        }
        return present.size >= swarm.config.coordinators;
      };
      if (!(await until(parts.clock, startWithinMs, isThere))) throw silent(swarm, "did not start", log);
    } finally {
      lock.release();
    }
  }
  const isLed = async (): Promise<boolean> => (await bulletinOf(swarm)) !== null;
  if (!(await until(parts.clock, startWithinMs, isLed))) throw silent(swarm, "do not lead", log);
}

function launch({ settings, env }: Parts, config: SwarmConfig, log: string): ChildProcess {
  const { swarmId, topology, maxAgents, strategy } = config;
  const told: Coordinate = {
    namespace: swarmId,
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
  const file = openSync(log, "a", 0o600);
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
