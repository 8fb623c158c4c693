// One bubblewrap per sandbox with the agent inside. Killing the pid namespace's first process ends everything in it, and
// the kernel reports that process as gone only after all others are. A cell first stands, cheaply; its agent is started
// when somebody asks.
import { rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { isAlive, type ProcessIdentity } from "../../host/process-identity.ts";
import type { Random } from "../../host/random.ts";
import type { AgentVoice } from "./agent-voice.ts";
import type { Cell, CellSource, IsolationBackend, IsolationLabel } from "./backend.ts";
import { bootFd, controlInside, socketName, type CellShape } from "./bwrap-args.ts";
import { launch, release, type Launched, type LaunchPlan } from "./bwrap-launch.ts";
import { freezeGroup, groupPids, removeGroups, thawGroup, type CgroupPlan } from "./cgroup.ts";
import { copyTree } from "./copy-tree.ts";
import type { DiskGuard } from "./disk-guard.ts";
import type { IdRange } from "./ids.ts";
import { waitUntilReady } from "./launch.ts";
import type { RootPlan } from "./lay-root.ts";
import { descendantsOf } from "./process-tree.ts";
import { cellNetwork, type CellSpaces } from "./network.ts";
import { runVariable, startEnvironment, type RunFolder } from "./run-folder.ts";
import { cellPath } from "./skeleton.ts";
import { readUsage } from "./usage.ts";
import { createStillness, signalBrake, type Brake } from "./stillness.ts";
import { cellVariable, withEnvironment } from "./strays.ts";
import type { Trash } from "./trash.ts";

export interface BwrapContext {
  readonly folder: RunFolder;
  /** The root of a cell that starts from no image. */
  readonly rootPlan: RootPlan;
  /** Null: an ordinary user, whose one id plays both root and `user`. */
  readonly range: IdRange | null;
  readonly cgroups: CgroupPlan | null;
  readonly label: IsolationLabel;
  readonly shape: CellShape;
  readonly trash: Trash;
  readonly disk: DiskGuard;
  readonly clock: Clock;
  readonly random: Random;
}

const goneAttempts = 2_500;
const gonePauseMs = 2;

export function bwrapBackend(context: BwrapContext): IsolationBackend {
  let started = 0;
  const stand = async (from: CellSource = {}): Promise<StandingCell> => standCell(context, String(started++), from);
  const start = async (from?: CellSource): Promise<Cell> => {
    const cell = await stand(from);
    try {
      await cell.boot();
      return cell;
    } catch (cause) {
      await cell.removed;
      throw cause;
    }
  };
  return { label: context.label, stand, start };
}

type StandingCell = Cell & { readonly boot: () => Promise<void> };

async function standCell(context: BwrapContext, name: string, from: CellSource): Promise<StandingCell> {
  const plan = { name, home: join(context.folder.cells, name), from };
  const launched = await launch(context, plan).catch(async (cause: unknown) => {
    await endStrays(context, name);
    await cleanUp(context, plan);
    throw diskFull(cause);
  });
  const { isOver, ...cell } = tend(context, plan, launched);
  const { secret, socketPath, voice, bootOnce } = agentOf(context, plan, launched);
  let booted: Promise<void> | null = null;
  const start = async (): Promise<void> => {
    try {
      if (isOver()) throw new SwarmError("sandbox.gone", "Cannot start the agent: the sandbox has ended");
      await bootOnce();
    } catch (cause) {
      await cell.kill();
      throw cause;
    }
  };
  return { name, socketPath, secret, voice, ...cell, boot: async () => (booted ??= start()) };
}

interface WaitingAgent extends Pick<Cell, "secret" | "socketPath"> {
  readonly voice: AgentVoice;
  readonly bootOnce: () => Promise<void>;
}

/** What can be known of an agent before it runs: whoever listens already hears it once it does. */
function agentOf(context: BwrapContext, plan: LaunchPlan, { child }: Launched): WaitingAgent {
  const secret = context.random.bytes(24).toString("hex");
  const socketPath = join(context.folder.sockets, plan.name);
  const { ids } = context.label;
  const config = { socketPath: join(controlInside, socketName), secret, ids, rootPrefix: "", path: cellPath };
  let listener: (line: string) => void = () => undefined;
  let running: AgentVoice | null = null;
  const onLine = (given: (line: string) => void): void => {
    listener = given;
    running?.onLine(given);
  };
  const bootOnce = async (): Promise<void> => {
    const listening = waitUntilReady(child, config, context.clock);
    release(child, bootFd);
    running = await listening;
    running.onLine(listener);
    // From here on no name inside the cell leads to the socket, and no link planted there leads the host elsewhere.
    await rename(join(plan.home, "control", socketName), socketPath);
  };
  return { secret, socketPath, voice: { onLine }, bootOnce };
}

type Tended = Pick<Cell, "setNetwork" | "ended" | "kill" | "removed" | "freeze" | "thaw" | "capture" | "usage"> & {
  readonly isOver: () => boolean;
};

function tend(context: BwrapContext, plan: LaunchPlan, { child, inner, spaces }: Launched): Tended {
  let alive = true;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const exited = new Promise<void>((resolve) => {
    if (isOver()) resolve();
    else child.once("exit", () => resolve());
  });
  const { freeze, thaw, capture, release: letGo } = createStillness(brakeOf(context, plan.name, inner.pid));
  const ended = exited.then(async () => {
    letGo();
    // bwrap outside may be killed alone; a cell that only stands would not notice.
    await end(inner, context.clock);
    alive = false;
  });
  const removed = ended.then(async () => cleanUp(context, plan));
  const kill = async (): Promise<void> => {
    if (alive && !signal(inner)) child.kill("SIGKILL");
    // A frozen process acts on the signal only once it may run again.
    letGo();
    await ended;
  };
  const pids = (): number[] => pidsOf(context, plan.name, inner.pid);
  void ended.then(context.disk.watch({ name: plan.name, root: join(plan.home, "root"), pids, kill }));
  const setNetwork = networkOf(context, spaces, ended);
  const { cgroups } = context;
  const usage = cgroups === null ? {} : { usage: () => readUsage(cgroups, plan.name) };
  const copy = { from: join(plan.home, "root"), ids: context.label.ids };
  const captureTo = async (to: string): Promise<void> =>
    capture(to, async () => copyTree({ ...copy, to }, context.clock));
  return { ended, kill, removed, setNetwork, freeze, thaw, capture: captureTo, isOver, ...usage };
}

function networkOf(context: BwrapContext, spaces: CellSpaces | null, ended: Promise<void>): Cell["setNetwork"] {
  const { range, folder, clock, label } = context;
  const ids = range === null ? null : { uid: range.first, gid: range.first };
  const network = spaces === null ? null : cellNetwork(spaces, { ids, env: startEnvironment(folder), clock });
  void ended.then(() => network?.close());
  return async (rules) => {
    if (network !== null) return network.set(rules);
    if (rules !== null) throw noNetwork(label.networkMissing ?? "");
  };
}

function noNetwork(missing: string): SwarmError {
  return new SwarmError("sandbox.unsupported", "Cannot give the sandbox a network on this machine", { hint: missing });
}

function pidsOf({ cgroups }: BwrapContext, name: string, innerPid: number): number[] {
  return cgroups === null ? descendantsOf(innerPid) : groupPids(cgroups, name);
}

function brakeOf(context: BwrapContext, name: string, innerPid: number): Brake {
  const { cgroups, clock } = context;
  if (cgroups !== null) {
    return {
      stop: async (givenUp) => freezeGroup(cgroups, name, { clock, givenUp }),
      go: () => thawGroup(cgroups, name),
    };
  }
  return signalBrake(() => descendantsOf(innerPid), clock);
}

/** Resolves when it is gone, or when nothing can make it go. */
async function end(one: ProcessIdentity, clock: Clock): Promise<void> {
  for (let attempt = 0; attempt < goneAttempts && isAlive(one); attempt++) {
    signal(one);
    await clock.sleep(gonePauseMs);
  }
}

async function endStrays(context: BwrapContext, name: string): Promise<void> {
  const strays = withEnvironment({ [runVariable]: basename(context.folder.path), [cellVariable]: name });
  for (const stray of strays) await end(stray, context.clock);
}

function signal(one: ProcessIdentity): boolean {
  try {
    return isAlive(one) && process.kill(one.pid, "SIGKILL");
  } catch {
    return false;
  }
}

async function cleanUp(context: BwrapContext, { name, home }: LaunchPlan): Promise<void> {
  if (context.cgroups !== null) await removeGroups(context.cgroups, name, context.clock);
  await rm(join(context.folder.sockets, name), { force: true });
  await context.trash.remove(home);
  await rm(join(context.folder.sockets, `${name}.pids`), { force: true });
}

function diskFull(cause: unknown): unknown {
  const isFull = cause instanceof Error && /ENOSPC|no space left/i.test(cause.message);
  if (!isFull) return cause;
  return new SwarmError("local.disk-full", "Cannot start a sandbox: no space is left in the temporary folder", {
    hint: "Free space there, or set TMPDIR to a larger disk",
    cause,
  });
}
