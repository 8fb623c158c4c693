// The command line of one cell, handed to bwrap through a file descriptor so that no host path shows inside as PID 1's.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { limits } from "../limits.ts";
import type { CellBind } from "./backend.ts";
import { seccompProgram } from "./seccomp.ts";
import { hostBinds, hostName } from "./skeleton.ts";

export interface BwrapPlan {
  readonly ids: "multi" | "single";
  readonly root: string;
  readonly control: string;
  readonly nodeFile: string;
  readonly agentFile: string;
  /** Holds what the sandbox reads as its boot id. */
  readonly bootIdFile: string;
  readonly binds: readonly CellBind[];
}

/** Docker's default set; `user` has none of them, because changing from root to uid 1000 clears them. */
export const rootCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SYS_CHROOT",
  "MKNOD",
  "AUDIT_WRITE",
  "SYS_PTRACE",
  "SETFCAP",
] as const;

export const argsFd = 3;
export const infoFd = 4;
/** Root writes the id maps while bwrap waits here; unused where the cell has a single id. */
export const mapsFd = 5;
/** Closed by bwrap when it has made `upName`, its last act on the mounts. */
export const upFd = 6;
/** The cell waits here, mounts done and rights dropped, until it is told to become the agent. */
export const bootFd = 7;
export const seccompFd = 8;
/** Inside paths. The socket's name leaves the cell before any tenant's code runs. */
export const controlInside = "/run/e2b";
export const socketName = "a.sock";
export const upName = "up";
export const agentInside = "/opt/e2b/envd.cjs";

export function bwrapOptions(plan: BwrapPlan): string[] {
  const multi = plan.ids === "multi";
  const uid = multi ? "0" : "1000";
  const spaces = ["user", "pid", "ipc", "uts", "net"].map((name) => `--unshare-${name}`);
  const caps = multi ? rootCapabilities.flatMap((name) => ["--cap-add", `CAP_${name}`]) : [];
  const groups: readonly (readonly string[])[] = [
    [...spaces, "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"],
    ["--hostname", hostName, "--uid", uid, "--gid", uid],
    ["--bind", plan.root, "/", ...hostBinds()],
    ["--proc", "/proc", "--dev", "/dev", "--ro-bind", plan.bootIdFile, "/proc/sys/kernel/random/boot_id"],
    ["--perms", "1777", "--size", String(limits.sharedMemoryBytes), "--tmpfs", "/dev/shm", "--mqueue", "/dev/mqueue"],
    ["--size", String(limits.runBytes), "--tmpfs", "/run", "--bind", plan.control, controlInside],
    ["--ro-bind", plan.nodeFile, "/opt/e2b/bin/node", "--ro-bind", plan.agentFile, agentInside],
    sudoPlaces().flatMap((path) => ["--ro-bind", join(dirname(plan.agentFile), "sudo"), path]),
    plan.binds.flatMap((bind) => [...missingFolders(bind.path), "--bind", bind.hostPath, bind.path]),
    waitOptions(plan.ids, controlInside),
    ["--cap-drop", "ALL", ...caps],
    filter === null ? [] : ["--seccomp", String(seccompFd)],
    ["--setenv", "PATH", "/opt/e2b/bin:/usr/bin:/bin", "--chdir", "/"],
  ];
  return groups.flat();
}

/** Folders on the way to a mount that are missing: bubblewrap's own would be closed to everybody but root. */
function missingFolders(path: string): string[] {
  const parts = path.split("/").slice(1);
  return parts.flatMap((_, index) => ["--perms", "0755", "--dir", `/${parts.slice(0, index + 1).join("/")}`]);
}

/** How the host and a starting bwrap wait for each other. Comes after every mount. */
export function waitOptions(ids: BwrapPlan["ids"], control: string): string[] {
  // An ordinary user's bwrap writes its own single map.
  const maps = ids === "multi" ? ["--userns-block-fd", String(mapsFd)] : [];
  const waits = ["--info-fd", String(infoFd), ...maps, "--block-fd", String(bootFd)];
  return ["--file", String(upFd), `${control}/${upName}`, ...waits];
}

/** What stands between bwrap and the agent: nothing, or a kernel of its own (see gvisor.ts). */
export interface CellShape {
  command(plan: BwrapPlan): readonly string[];
  options(plan: BwrapPlan): string[];
  /** System calls refused inside, for `--seccomp`; null where the shape or the machine has none. */
  readonly filter: Buffer | null;
  /** Called before bwrap starts; may write beside `plan.root`. */
  prepare(plan: BwrapPlan): Promise<void>;
}

/** First on PATH, and where scripts call it by its usual name if the host has one to cover. */
export function sudoPlaces(): string[] {
  return ["/opt/e2b/bin/sudo", ...["/usr/bin/sudo"].filter((path) => existsSync(path))];
}

export const agentCommand = ["/opt/e2b/bin/node", "--max-semi-space-size=1", agentInside] as const;

const filter = seccompProgram(process.arch);

export const plainShape: CellShape = {
  command: () => agentCommand,
  options: bwrapOptions,
  filter,
  prepare: async () => undefined,
};
