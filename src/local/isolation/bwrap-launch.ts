// Brings one cell to stand: folder, limits, namespaces, mounts. Nothing in it has run but bubblewrap's own set-up, and
// bubblewrap waits to become the agent. What fails on the way leaves no process, group or folder.
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { identify, type ProcessIdentity } from "../../host/process-identity.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";
import type { CellSource } from "./backend.ts";
import { checkBindTargets } from "./bind-target.ts";
import type { BwrapContext } from "./bwrap.ts";
import { argsFd, infoFd, mapsFd, seccompFd, upFd, upName } from "./bwrap-args.ts";
import { joinGroups, makeGroups } from "./cgroup.ts";
import { copyTree } from "./copy-tree.ts";
import { writeIdMaps } from "./ids.ts";
import { layRoot } from "./lay-root.ts";
import { pipeIn, pipeOut } from "./launch.ts";
import { closeSpaces, openSpaces, type CellSpaces } from "./network.ts";
import { startEnvironment } from "./run-folder.ts";
import { runToEnd } from "./run-to-end.ts";
import { cellVariable } from "./strays.ts";

export interface Launched {
  readonly child: ChildProcess;
  /** First process of the cell's pid namespace. */
  readonly inner: ProcessIdentity;
  /** Null where cells have no way out. */
  readonly spaces: CellSpaces | null;
}

export interface LaunchPlan {
  readonly name: string;
  readonly home: string;
  readonly from: CellSource;
}

export async function launch(context: BwrapContext, plan: LaunchPlan): Promise<Launched> {
  const child = await spawnCell(context, plan);
  const fate = watch(child);
  let spaces: CellSpaces | null = null;
  try {
    const pid = await innerPid(child, fate, context.clock);
    // Taken while bwrap sets up: later its user namespace may be a nested one without these rights.
    spaces = context.label.networkMissing === null ? openSpaces(pid) : null;
    const inner = identify(pid);
    if (inner === null) throw notStarted("its first process ended at once", fate);
    const record = JSON.stringify({ outer: identify(child.pid ?? 0), inner });
    writeFileSync(join(context.folder.sockets, `${plan.name}.pids`), record, { mode: 0o600 });
    if (context.range !== null) writeIdMaps(pid, context.range);
    release(child, mapsFd);
    // Joining a group waits for the kernel, so it goes beside the mounts. The agent starts only after both.
    await Promise.all([cap(context, plan.name, pid), standing(child, plan, fate, context.clock)]);
    return { child, inner, spaces };
  } catch (cause) {
    child.kill("SIGKILL");
    if (spaces !== null) closeSpaces(spaces);
    await fate.gone;
    throw cause;
  }
}

async function spawnCell(context: BwrapContext, { name, home, from }: LaunchPlan): Promise<ChildProcess> {
  const { range, folder } = context;
  const root = join(home, "root");
  const control = join(home, "control");
  const bootIdFile = join(home, "boot_id");
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(control, { mode: 0o700 });
  // An image was a tenant's tree and may hold files closed to everybody; the skeleton does not.
  if (from.image !== undefined) await copyTree({ from: from.image, to: root, ids: context.label.ids }, context.clock);
  else layRoot(context.rootPlan, root, range !== null);
  await checkBindTargets(root, from.binds ?? []);
  writeFileSync(bootIdFile, `${bootId(context.random)}\n`, { mode: 0o444 });
  if (range !== null) for (const path of [home, control]) chownSync(path, range.first, range.first);
  if (context.cgroups !== null) makeGroups(context.cgroups, name, from.size);
  const { nodeFile, agentFile } = folder;
  const plan = { ids: context.label.ids, root, control, nodeFile, agentFile, bootIdFile, binds: from.binds ?? [] };
  const { shape } = context;
  await shape.prepare(plan);
  const child = spawn("bwrap", ["--args", String(argsFd), "--", ...shape.command(plan)], {
    stdio: Array.from({ length: shape.filter === null ? seccompFd : seccompFd + 1 }, () => "pipe"),
    env: { ...startEnvironment(folder), [cellVariable]: name },
    cwd: "/",
    ...(range === null ? {} : { uid: range.first, gid: range.first }),
  });
  if (shape.filter !== null) pipeIn(child, seccompFd).end(shape.filter);
  pipeIn(child, argsFd).end(`${shape.options(plan).join("\0")}\0`);
  return child;
}

/** A random UUID, version 4. */
function bootId(random: Random): string {
  const bytes = random.bytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Writes the byte that a waiting bwrap reads, and keeps nothing open that a tenant could hold the other end of. */
export function release(child: ChildProcess, fd: number): void {
  const pipe = pipeIn(child, fd);
  pipe.end("1", () => pipe.destroy());
}

async function cap(context: BwrapContext, name: string, pid: number): Promise<void> {
  if (context.cgroups !== null) return joinGroups(context.cgroups, name, pid);
  if (context.label.limits !== "prlimit") return;
  const space = limits.addressSpaceMb * 1_048_576;
  const caps = [`--nproc=${limits.pids}`, `--nofile=${limits.openFiles}`, `--as=${space}`, "--core=0"];
  const result = await runToEnd("prlimit", ["--pid", String(pid), ...caps]);
  if (result.code !== 0) throw new SwarmError("sandbox.create-failed", `Cannot cap the sandbox: ${result.stderr}`);
}

/** What becomes of bwrap itself until the cell stands. */
interface Fate {
  /** Rejects when it cannot be started or ends. */
  readonly ended: Promise<never>;
  /** Resolves when it is no process (any more). */
  readonly gone: Promise<void>;
  said: string;
}

const keptStderrBytes = 500;

function watch(child: ChildProcess): Fate {
  const ended = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(notStarted(cause.message, fate)));
    child.once("close", (code) => reject(notStarted(`it ended with exit code ${code}`, fate)));
  });
  ended.catch(() => undefined);
  const gone = new Promise<void>((resolve) => {
    if (child.pid === undefined) resolve();
    else child.once("exit", () => resolve());
  });
  const fate: Fate = { ended, gone, said: "" };
  pipeOut(child, 2).on("data", (chunk: Buffer) => {
    fate.said = (fate.said + chunk.toString("utf8")).slice(0, keptStderrBytes);
  });
  return fate;
}

function notStarted(reason: string, fate: Pick<Fate, "said">): SwarmError {
  return new SwarmError("sandbox.create-failed", `Cannot start bwrap: ${reason} ${fate.said.trim()}`.trim());
}

/** bwrap writes `{"child-pid": n, …}` once the namespaces stand. */
async function innerPid(child: ChildProcess, fate: Fate, clock: Clock): Promise<number> {
  const told = new Promise<number>((resolve, reject) => {
    let text = "";
    pipeOut(child, infoFd).on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (!text.includes("}")) return;
      const info: unknown = JSON.parse(text);
      const pid = isRecord(info) ? info["child-pid"] : undefined;
      if (typeof pid === "number") resolve(pid);
      else reject(notStarted("its report has no child-pid", fate));
    });
  });
  return inTime(told, fate, clock, "it did not report its child");
}

/** The end of this pipe alone says nothing: bwrap may have died. The file says that every mount was made. */
async function standing(child: ChildProcess, plan: LaunchPlan, fate: Fate, clock: Clock): Promise<void> {
  pipeIn(child, upFd).end();
  const up = pipeOut(child, upFd);
  await inTime(new Promise<void>((resolve) => up.once("close", () => resolve()).resume()), fate, clock, "it hangs");
  // Its last words come with its end.
  const mark = join(plan.home, "control", upName);
  if (!existsSync(mark)) await inTime(fate.ended, fate, clock, "it stopped half-way");
  // No tenant's business; nothing of the cell runs yet.
  rmSync(mark, { force: true });
}

async function inTime<T>(task: Promise<T>, fate: Fate, clock: Clock, reason: string): Promise<T> {
  let stop = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    stop = clock.after(limits.startMs, () => reject(notStarted(reason, fate)));
  });
  return Promise.race([task, fate.ended, late]).finally(() => stop());
}
