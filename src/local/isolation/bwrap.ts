// One bubblewrap per sandbox with the agent inside. Killing the pid namespace's first process ends everything in it, and
// the kernel reports that process as gone only after all others are.
import { spawn, type ChildProcess } from "node:child_process";
import { chown, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { identify } from "../../host/process-identity.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";
import type { Cell, CellSource, IsolationBackend, IsolationLabel } from "./backend.ts";
import { argsFd, blockFd, controlInside, infoFd, seccompFd, socketName, type CellShape } from "./bwrap-args.ts";
import { freezeGroup, groupPids, joinGroups, makeGroups, removeGroups, thawGroup, type CgroupPlan } from "./cgroup.ts";
import { copyTree } from "./copy-tree.ts";
import { writeIdMaps, type IdRange } from "./ids.ts";
import type { DiskGuard } from "./disk-guard.ts";
import { pipeIn, pipeOut, waitUntilReady } from "./launch.ts";
import { cellNetwork, openSpaces, type CellSpaces, type NetworkOwner } from "./network.ts";
import type { NetworkRules } from "./network-rules.ts";
import { descendantsOf } from "./process-tree.ts";
import { removeFolder } from "./remove-folder.ts";
import { startEnvironment, type RunFolder } from "./run-folder.ts";
import { runToEnd } from "./run-to-end.ts";
import { cellPath } from "./skeleton.ts";
import { createStillness, signalBrake, type Brake } from "./stillness.ts";

export interface BwrapContext {
  readonly folder: RunFolder;
  readonly skeleton: string;
  /** Null: an ordinary user, whose one id plays both root and `user`. */
  readonly range: IdRange | null;
  readonly cgroups: CgroupPlan | null;
  readonly label: IsolationLabel;
  readonly shape: CellShape;
  readonly disk: DiskGuard;
  readonly clock: Clock;
  readonly random: Random;
}

export function bwrapBackend(context: BwrapContext): IsolationBackend {
  let started = 0;
  return { label: context.label, start: async (from = {}) => startCell(context, String(started++), from) };
}

async function startCell(context: BwrapContext, name: string, from: CellSource): Promise<Cell> {
  const home = join(context.folder.cells, name);
  const secret = context.random.bytes(24).toString("hex");
  const launched = await launch(context, { name, home, from }).catch(async (cause: unknown) => {
    await cleanUp(context, name, home);
    throw diskFull(cause);
  });
  const cell = tend(context, name, home, launched);
  try {
    const config = {
      socketPath: join(controlInside, socketName),
      secret,
      ids: context.label.ids,
      rootPrefix: "",
      path: cellPath,
    };
    await waitUntilReady(launched.child, config, context.clock);
    const socketPath = join(context.folder.sockets, name);
    // From here on no name inside the cell leads to the socket, and no link planted there can lead the host elsewhere.
    await rename(join(home, "control", socketName), socketPath);
    return { name, socketPath, secret, ...cell };
  } catch (cause) {
    await cell.kill();
    await cell.removed;
    throw cause;
  }
}

interface Launched {
  readonly child: ChildProcess;
  readonly innerPid: number;
  readonly spaces: CellSpaces | null;
}

interface Plan {
  readonly name: string;
  readonly home: string;
  readonly from: CellSource;
}

async function launch(context: BwrapContext, { name, home, from }: Plan): Promise<Launched> {
  const { range, folder } = context;
  const root = join(home, "root");
  const control = join(home, "control");
  await mkdir(home, { mode: 0o700 });
  await mkdir(control, { mode: 0o700 });
  await fillRoot(context, root, from);
  const bootIdFile = join(home, "boot_id");
  await writeFile(bootIdFile, `${bootId(context.random)}\n`, { mode: 0o444 });
  if (range !== null) for (const path of [home, control]) await chown(path, range.first, range.first);
  if (context.cgroups !== null) makeGroups(context.cgroups, name);
  const { nodeFile, agentFile } = folder;
  const { shape } = context;
  const plan = { ids: context.label.ids, root, control, nodeFile, agentFile, bootIdFile, binds: from.binds ?? [] };
  await shape.prepare(plan);
  const child = spawn("bwrap", ["--args", String(argsFd), "--", ...shape.command], {
    stdio: Array.from({ length: shape.filter === null ? seccompFd : seccompFd + 1 }, () => "pipe"),
    env: startEnvironment(folder),
    cwd: "/",
    ...(range === null ? {} : { uid: range.first, gid: range.first }),
  });
  if (shape.filter !== null) pipeIn(child, seccompFd).end(shape.filter);
  pipeIn(child, argsFd).end(`${shape.options(plan).join("\0")}\0`);
  try {
    const innerPid = await readInnerPid(child, context.clock);
    const record = { outer: identify(child.pid ?? 0), inner: identify(innerPid) };
    await writeFile(join(folder.sockets, `${name}.pids`), JSON.stringify(record), { mode: 0o600 });
    // The cell's first process waits: it is capped before it has run one instruction of ours or anybody's.
    if (context.cgroups !== null) joinGroups(context.cgroups, name, innerPid);
    else if (context.label.limits === "prlimit") await applyPrlimit(innerPid);
    if (range !== null) writeIdMaps(innerPid, range);
    const spaces = context.label.networkMissing === null ? openSpaces(innerPid) : null;
    pipeIn(child, blockFd).end("1");
    return { child, innerPid, spaces };
  } catch (cause) {
    child.kill("SIGKILL");
    throw cause;
  }
}

/** A random UUID, version 4. */
function bootId(random: Random): string {
  const bytes = random.bytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function fillRoot(context: BwrapContext, root: string, from: CellSource): Promise<void> {
  const { image } = from;
  // An image was a tenant's tree and may hold files closed to everybody; the skeleton does not.
  if (image !== undefined) return copyTree({ from: image, to: root, ids: context.label.ids }, context.clock);
  const copied = await runToEnd("cp", ["-a", "--", context.skeleton, root]);
  if (copied.code !== 0) throw new SwarmError("sandbox.create-failed", `Cannot copy the template: ${copied.stderr}`);
}

async function applyPrlimit(pid: number): Promise<void> {
  const space = limits.addressSpaceMb * 1_048_576;
  const caps = [`--nproc=${limits.pids}`, `--nofile=${limits.openFiles}`, `--as=${space}`, "--core=0"];
  const result = await runToEnd("prlimit", ["--pid", String(pid), ...caps]);
  if (result.code !== 0) throw new SwarmError("sandbox.create-failed", `Cannot cap the sandbox: ${result.stderr}`);
}

/** bwrap writes `{"child-pid": n, …}` once the namespaces stand. */
async function readInnerPid(child: ChildProcess, clock: Clock): Promise<number> {
  let text = "";
  let said = "";
  const collectErrors = (chunk: Buffer): void => {
    said = (said + chunk.toString("utf8")).slice(0, 500);
  };
  pipeOut(child, 2).on("data", collectErrors);
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      stop();
      reject(new SwarmError("sandbox.create-failed", `Cannot start bwrap: ${reason} ${said.trim()}`.trim()));
    };
    const stop = clock.after(limits.startMs, () => fail("it did not report its child"));
    child.once("error", (cause) => fail(cause.message));
    child.once("close", (code) => fail(`it ended with exit code ${code}`));
    pipeOut(child, infoFd).on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (!text.includes("}")) return;
      const info: unknown = JSON.parse(text);
      const pid = isRecord(info) ? info["child-pid"] : undefined;
      if (typeof pid !== "number") return fail("its report has no child-pid");
      stop();
      resolve(pid);
    });
  });
}

type Tended = Pick<Cell, "setNetwork" | "ended" | "kill" | "removed" | "freeze" | "thaw" | "capture">;

function tend(context: BwrapContext, name: string, home: string, launched: Launched): Tended {
  const { child, innerPid, spaces } = launched;
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    const done = (): void => {
      alive = false;
      resolve();
    };
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", done);
  });
  const removed = ended.then(async () => cleanUp(context, name, home));
  const { freeze, thaw, capture, release } = createStillness(brakeOf(context, name, innerPid));
  const kill = async (): Promise<void> => {
    if (alive && !signal(innerPid)) child.kill("SIGKILL");
    // A frozen process acts on the signal only once it may run again.
    release();
    await ended;
  };
  void ended.then(release);
  const pids = (): number[] => pidsOf(context, name, innerPid);
  void ended.then(context.disk.watch({ name, root: join(home, "root"), pids, kill }));
  const network = spaces === null ? null : cellNetwork(spaces, ownerOf(context));
  void ended.then(() => network?.close());
  const setNetwork = async (rules: NetworkRules | null): Promise<void> => {
    if (network !== null) return network.set(rules);
    if (rules !== null) throw noNetwork(context.label.networkMissing ?? "");
  };
  const copy = { from: join(home, "root"), ids: context.label.ids };
  const captureTo = async (to: string): Promise<void> =>
    capture(to, async () => copyTree({ ...copy, to }, context.clock));
  return { ended, kill, removed, setNetwork, freeze, thaw, capture: captureTo };
}

function ownerOf({ range, folder, clock }: BwrapContext): NetworkOwner {
  const ids = range === null ? null : { uid: range.first, gid: range.first };
  return { ids, env: startEnvironment(folder), clock };
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

function signal(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

async function cleanUp(context: BwrapContext, name: string, home: string): Promise<void> {
  if (context.cgroups !== null) await removeGroups(context.cgroups, name, context.clock);
  await removeFolder(join(context.folder.sockets, name));
  await removeFolder(home);
  await removeFolder(join(context.folder.sockets, `${name}.pids`));
}

function diskFull(cause: unknown): unknown {
  const isFull = cause instanceof Error && /ENOSPC|no space left/i.test(cause.message);
  if (!isFull) return cause;
  return new SwarmError("local.disk-full", "Cannot start a sandbox: no space is left in the temporary folder", {
    hint: "Free space there, or set TMPDIR to a larger disk",
    cause,
  });
}
