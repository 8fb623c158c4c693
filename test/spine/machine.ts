// What the spine's tests share: the built command as a person types it, with a home and a temporary folder of its own, and a
// look at everything a sandbox could leave on the machine.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
const cliFile = join(root, "dist/cli/main.js");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  /** Working folder of the commands. */
  readonly folder: string;
  readonly temp: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  cli(args: readonly string[], more?: RunOptions): Promise<Ended>;
  /** The command while it runs. */
  start(args: readonly string[], more?: RunOptions): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  /** What lies in the temporary folder, in mounts, in control groups, and which processes name this place. */
  left(): readonly string[];
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** The ids of the ordinary user `tester`, or null where only one user can be had. */
export const tester = ordinaryUser();

/** A place in the temporary folder, short enough for the sockets in it; `as` gives it to another user. */
export function makePlace(as: { readonly uid: number; readonly gid: number } | null = null): Place {
  const base = mkdtempSync(join(tmpdir().length > 20 ? "/tmp" : tmpdir(), "spine-"));
  chmodSync(base, 0o755);
  const [folder, temp, home] = ["w", "t", "h"].map((name) => join(base, name));
  if (folder === undefined || temp === undefined || home === undefined) throw new Error("three names were given");
  for (const path of [folder, temp, home]) {
    mkdirSync(path, { mode: 0o755 });
    if (as !== null) chownSync(path, as.uid, as.gid);
  }
  const env = { PATH: process.env.PATH ?? "", HOME: home, TMPDIR: temp, E2B_SWARM_HOME: home, NO_COLOR: "1" };
  const start: Place["start"] = (args, more = {}) => {
    const child = spawn(process.execPath, [cliFile, ...args], {
      cwd: more.folder ?? folder,
      env: { ...env, ...more.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(as === null ? {} : { uid: as.uid, gid: as.gid }),
    });
    return { child, ended: outputOf(child) };
  };
  return {
    folder,
    temp,
    home,
    env,
    start,
    cli: (args, more) => start(args, more).ended,
    left: () => [
      ...readdirSync(temp).map((name) => `folder ${name}`),
      ...processesNaming(base).map((line) => `process ${line}`),
      ...readFileSync("/proc/mounts", "utf8")
        .split("\n")
        .filter((line) => line.includes(base))
        .map((line) => `mount ${line}`),
    ],
    async remove() {
      await start(["local", "stop"]).ended;
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Control groups that carry the name of a run folder of `temp`, before they are gone. */
export function runFolderNames(temp: string): string[] {
  return readdirSync(temp).filter((name) => name.startsWith("e2bs-"));
}

export function groupsNamed(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const found = execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "6", "-type", "d", "-name", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return found.split("\n").filter((line) => line !== "");
  });
}

export function dataOf(ended: Ended): Record<string, unknown> {
  return JSON.parse(ended.stdout).data;
}

/** Resolves when stderr of a running command holds `text`. */
export function untilItSays(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (said.includes(text)) resolve();
    });
    child.once("close", () => reject(new Error(`it ended before it said ${text}: ${said}`)));
  });
}

function outputOf(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** By command line or environment, so that an agent or a worker that lost its parent is seen too. */
function processesNaming(base: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const [command, environment] = [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)];
      return command.includes(base) || environment.includes(base) ? [`${pid} ${command.replaceAll("\0", " ")}`] : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function ordinaryUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  try {
    const id = (flag: string): number => Number(execFileSync("id", [flag, "tester"], { stdio: "pipe" }).toString());
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}
