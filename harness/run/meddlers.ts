// What stands between this run and the world: preloaded code, replaced functions, a debug switch, a clock of somebody's own, a
// server that is not ours. Law: measurement §2: such a run proves nothing, so it is refused by name before its first sample.
import { spawnSync } from "node:child_process";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Clock } from "../../src/host/clock.ts";
import type { Env } from "../../src/host/env.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { findInterference } from "../evidence/interference.ts";
import type { FoundTarget } from "./find-target.ts";
import { clockProblems, readClocks, type ClockPair } from "../../src/host/kernel-clock.ts";
import { nativeSources } from "../../src/host/natives.ts";
import { serverProblem } from "./server-identity.ts";

/** Options of Node that run somebody's code before ours. */
const preloads = /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)(?=[\s=]|$)/;
/** How long the clocks are compared before a run, and how long a fresh Node may take, ms. */
const comparedMs = 400;
const freshMs = 20_000;

/** The first reading of the clocks; `refuseDrift` compares with it at the end. Throws `run.meddled`. */
export function refuseMeddlers(clock: Clock, env: Env): ClockPair {
  const first = readClocks(clock);
  const found = new Set([...findInterference(env), ...preloaded(env), ...replaced(env)]);
  // Slept by a program of the system: no timer of this process is asked.
  spawnSync("sleep", [String(comparedMs / 1_000)]);
  for (const problem of clockProblems(first, readClocks(clock))) found.add(problem);
  if (found.size > 0) throw meddled([...found]);
  return first;
}

/** Throws `run.meddled` when a clock went its own way since `first`. */
export function refuseDrift(clock: Clock, first: ClockPair): void {
  const problems = clockProblems(first, readClocks(clock));
  if (problems.length > 0) throw meddled(problems);
}

/** Throws `run.meddled` when what announced itself as the local server is something else. */
export function refuseForeignServer({ pid, port, unavailable }: FoundTarget): void {
  if (pid === null || unavailable !== null) return;
  const problem = serverProblem(pid, port);
  if (problem !== null) throw meddled([problem]);
}

function meddled(problems: readonly string[]): SwarmError {
  return new SwarmError("run.meddled", `Cannot validate: ${problems.join("; ")}`, {
    hint: "Run in a plain process: no preloaded modules, mocks, debug switches or fake clocks, and the package's own server",
    details: { problems: problems.join("; ") },
  });
}

function preloaded(env: Env): readonly string[] {
  const options = [env["NODE_OPTIONS"] ?? "", ...process.execArgv].join(" ");
  return preloads.test(options) ? ["code of somebody else was loaded before this program"] : [];
}

/** Functions that read otherwise than in a fresh Node of the same version, started without the options of this one. */
function replaced(env: Env): readonly string[] {
  const { NODE_OPTIONS: _options, ...plain } = env;
  const module = new URL(import.meta.resolve("../../src/host/natives.js"));
  const script = `import { nativeSources } from ${JSON.stringify(module.href)}; process.stdout.write(JSON.stringify(nativeSources()));`;
  const fresh = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    env: plain,
    encoding: "utf8",
    timeout: freshMs,
  });
  const texts = parseTexts(fresh.stdout);
  if (texts === null) return ["a fresh Node did not say how its functions read"];
  const own = nativeSources();
  return Object.keys(own)
    .filter((name) => own[name] !== texts[name])
    .map((name) => `${name} was replaced`);
}

function parseTexts(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
