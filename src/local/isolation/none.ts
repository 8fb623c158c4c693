// No isolation at all: the agent as a plain process, with a folder that stands for its root. Only on explicit request.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { identify } from "../../host/process-identity.ts";
import type { Random } from "../../host/random.ts";
import type { Cell, CellSource, IsolationBackend } from "./backend.ts";
import { socketName } from "./bwrap-args.ts";
import { copyTree } from "./copy-tree.ts";
import { waitUntilReady } from "./launch.ts";
import { descendantsOf } from "./process-tree.ts";
import type { NetworkRules } from "./network-rules.ts";
import { removeFolder } from "./remove-folder.ts";
import { startEnvironment, type RunFolder } from "./run-folder.ts";
import { createStillness, signalBrake } from "./stillness.ts";

export interface NoneContext {
  readonly folder: RunFolder;
  readonly skeleton: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** The agent ends what it started when it is asked to end; this is how long it may take. */
const drainMs = 2_000;
const strayRounds = 100;
const strayPauseMs = 20;

export function noneBackend(context: NoneContext): IsolationBackend {
  let started = 0;
  const networkMissing = "use isolation bwrap: with isolation none every sandbox has the host's network";
  const label = {
    isolation: "none",
    ids: "single",
    limits: "none",
    network: "host",
    networkMissing,
    diskMb: 0,
  } as const;
  return { label, start: async (from = {}) => startCell(context, String(started++), from) };
}

async function startCell(context: NoneContext, name: string, from: CellSource): Promise<Cell> {
  const { folder, clock } = context;
  if ((from.binds ?? []).length > 0) throw noMounts();
  const home = join(folder.cells, name);
  const root = join(home, "root");
  await mkdir(home, { mode: 0o700 });
  await copyTree({ from: from.image ?? context.skeleton, to: root, ids: "plain" }, clock);
  const secret = context.random.bytes(24).toString("hex");
  const path = `${join(folder.nodeFile, "..")}:/usr/local/bin:/usr/bin:/bin`;
  const config = { socketPath: join(home, socketName), secret, ids: "single", rootPrefix: root, path } as const;
  const child = spawn(folder.nodeFile, [folder.agentFile], {
    stdio: ["pipe", "pipe", "pipe"],
    env: startEnvironment(folder),
    cwd: home,
  });
  const pid = child.pid ?? 0;
  await writeFile(join(folder.sockets, `${name}.pids`), JSON.stringify({ outer: identify(pid) }), { mode: 0o600 });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ended = exited.then(async () => endStrays(root, clock));
  const removed = ended.then(async () => {
    for (const left of [join(folder.sockets, name), home, join(folder.sockets, `${name}.pids`)])
      await removeFolder(left);
  });
  const { freeze, thaw, capture, release } = createStillness(signalBrake(() => processesOf(pid, root), clock));
  const captureTo = async (to: string): Promise<void> =>
    capture(to, async () => copyTree({ from: root, to, ids: "plain" }, clock));
  const kill = async (): Promise<void> => {
    child.kill("SIGTERM");
    release();
    const stop = clock.after(drainMs, () => child.kill("SIGKILL"));
    await ended;
    stop();
  };
  try {
    const voice = await waitUntilReady(child, config, clock);
    const socketPath = join(folder.sockets, name);
    await rename(config.socketPath, socketPath);
    return {
      name,
      socketPath,
      secret,
      voice,
      ended,
      kill,
      removed,
      freeze,
      thaw,
      capture: captureTo,
      setNetwork: async (rules) => refuseRules(rules),
    };
  } catch (cause) {
    await kill();
    await removed;
    throw cause;
  }
}

/** The agent, what it started, and what left its tree but still carries the sandbox's folder in its environment. */
function processesOf(pid: number, root: string): number[] {
  const below = descendantsOf(pid);
  return [...below, ...carriersOf(root).filter((other) => !below.includes(other))];
}

function carriersOf(root: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && carries(pid, `${root}/`));
}

/** What left the agent's process group outlives the agent; it would run for ever. */
async function endStrays(root: string, clock: Clock): Promise<void> {
  for (let round = 0; round < strayRounds; round++) {
    const left = carriersOf(root);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await clock.sleep(strayPauseMs);
  }
}

function carries(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(text);
  } catch {
    return false;
  }
}

function noMounts(): SwarmError {
  return new SwarmError("sandbox.unsupported", "Cannot mount a volume: isolation none has no mounts of its own", {
    hint: "Use isolation bwrap",
  });
}

function refuseRules(rules: NetworkRules | null): void {
  if (rules === null) return;
  throw new SwarmError("sandbox.unsupported", "Cannot bound the network of a sandbox: isolation none has the host's", {
    hint: "Use isolation bwrap",
  });
}
