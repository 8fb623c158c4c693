// gVisor inside a bubblewrap cell: the tenant's system calls meet a kernel in user space, and that kernel itself sits in
// the namespaces, ids, caps and limits of an ordinary cell. So nothing of runsc (state folder, gofer, sentry) lives outside
// the cell's pid namespace and tmpfs: what ends a bwrap cell ends all of it. See docs/discoveries/gvisor.md.
import { readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { limits } from "../limits.ts";
import {
  agentCommand,
  agentInside,
  controlInside,
  rootCapabilities,
  waitOptions,
  sudoPlaces,
  type BwrapPlan,
  type CellShape,
} from "./bwrap-args.ts";
import { hostName, hostSources, systemLinks, userHome, userName } from "./skeleton.ts";

/** Where the outer cell shows the sandbox's parts to runsc. */
const outside = { root: "/cell/root", control: "/cell/control", bundle: "/cell/bundle", node: "/cell/node" } as const;
const agentOutside = "/cell/envd.cjs";
const sudoOutside = "/cell/sudo";
const stateFolder = "/run/runsc";
const configName = "gvisor.json";

/** `create` lets the agent's socket be born on the host's side; connecting to the host's sockets stays impossible. */
const runscOptions = [
  "--rootless",
  "--ignore-cgroups",
  "--platform=ptrace",
  "--network=none",
  "--host-uds=create",
] as const;

export const gvisorShape: CellShape = {
  command: (plan) => {
    const options = [...runscOptions, fileAccess(plan), `--root=${stateFolder}`];
    return ["runsc", ...options, "run", "--bundle", outside.bundle, "cell"];
  },
  options: outerOptions,
  filter: null,
  prepare: async (plan) => writeFile(configFile(plan), JSON.stringify(bundle(plan)), { mode: 0o444 }),
};

/** A small sandbox that ends at once with code 0, in memory only. */
export function probeCommand(): string[] {
  const folder = "/run/probe";
  const config = {
    ociVersion: "1.0.2",
    root: { path: `${folder}/root`, readonly: true },
    process: { user: { uid: 0, gid: 0 }, args: ["/usr/bin/true"], cwd: "/" },
    mounts: [{ destination: "/usr", type: "bind", source: "/usr", options: ["rbind", "ro"] }],
    linux: { namespaces: namespaces() },
  };
  const links = systemLinks().map(({ path, target }) => `ln -s ${target} ${folder}/root${path}`);
  const script = [
    `mkdir -p ${folder}/root/usr`,
    ...links,
    `printf %s "$1" > ${folder}/config.json`,
    `exec runsc ${runscOptions.join(" ")} --root=${stateFolder} run --bundle ${folder} probe`,
  ].join(" && ");
  return ["bwrap", ...spaceOptions(), ...baseOptions(), "/bin/sh", "-c", script, "sh", JSON.stringify(config)];
}

/** An ordinary user's files show as uid 0 inside gVisor: the one id is called `user` there, and `root` is no other. */
export function nameOneId(skeleton: string): void {
  const first = {
    "etc/passwd": `${userName}:x:0:0::${userHome}:/bin/bash`,
    "etc/group": `${userName}:x:0:`,
  };
  for (const [name, line] of Object.entries(first)) {
    const path = join(skeleton, name);
    const others = readFileSync(path, "utf8")
      .split("\n")
      .filter((other) => !other.startsWith(`${userName}:`));
    writeFileSync(path, [line, ...others].join("\n"));
  }
}

/** A volume changes from other sandboxes and through the API; without one nobody else writes to what is mounted. */
function fileAccess({ binds }: BwrapPlan): string {
  return `--file-access-mounts=${binds.length === 0 ? "exclusive" : "shared"}`;
}

function bindOutside(at: number): string {
  return `/cell/binds/${at}`;
}

function configFile(plan: BwrapPlan): string {
  return join(dirname(plan.root), configName);
}

function outerOptions(plan: BwrapPlan): string[] {
  const groups: readonly (readonly string[])[] = [
    spaceOptions(),
    ["--hostname", hostName],
    baseOptions(),
    ["--bind", plan.root, outside.root, "--bind", plan.control, outside.control],
    ["--ro-bind", plan.nodeFile, outside.node, "--ro-bind", plan.agentFile, agentOutside],
    plan.binds.flatMap(({ hostPath }, at) => ["--bind", hostPath, bindOutside(at)]),
    ["--ro-bind", join(dirname(plan.agentFile), "sudo"), sudoOutside],
    ["--ro-bind", configFile(plan), `${outside.bundle}/config.json`],
    [...waitOptions(plan.ids, outside.control), "--chdir", "/"],
  ];
  return groups.flat();
}

/** The capabilities are those of a user namespace that owns nothing but this cell; runsc mounts and changes its root. */
function spaceOptions(): string[] {
  const spaces = ["user", "pid", "ipc", "uts", "net"].map((name) => `--unshare-${name}`);
  const ids = ["--uid", "0", "--gid", "0", "--cap-add", "ALL"];
  return [...spaces, "--unshare-cgroup-try", "--die-with-parent", "--new-session", ...ids];
}

/** What runsc itself needs: programs, its own /proc, and memory for its state. It would follow the caller's TMPDIR. */
function baseOptions(): string[] {
  return [
    "--clearenv",
    ...hostSources().flatMap((path) => ["--ro-bind", path, path]),
    ...systemLinks().flatMap(({ path, target }) => ["--symlink", target, path]),
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--tmpfs",
    "/run",
    "--tmpfs",
    "/tmp",
    "--setenv",
    "PATH",
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  ];
}

function namespaces(): { readonly type: string }[] {
  return ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type }));
}

/** The OCI description of the sandbox as gVisor's kernel shows it. */
function bundle(plan: BwrapPlan): unknown {
  const held = plan.ids === "multi" ? rootCapabilities.map((name) => `CAP_${name}`) : [];
  return {
    ociVersion: "1.0.2",
    hostname: hostName,
    root: { path: outside.root, readonly: false },
    process: {
      terminal: false,
      noNewPrivileges: true,
      user: { uid: 0, gid: 0 },
      // Processes that outlive their parents need a first process that collects them; Node does not.
      args: ["/bin/sh", "-c", '"$@"; exit $?', "init", ...agentCommand],
      env: ["PATH=/opt/e2b/bin:/usr/bin:/bin"],
      cwd: "/",
      capabilities: { bounding: held, effective: held, inheritable: [], permitted: held, ambient: [] },
      rlimits: [
        { type: "RLIMIT_NOFILE", hard: limits.openFiles, soft: limits.openFiles },
        { type: "RLIMIT_CORE", hard: 0, soft: 0 },
      ],
    },
    mounts: mounts(plan),
    linux: { namespaces: namespaces() },
  };
}

function mounts(plan: BwrapPlan): unknown[] {
  const tmpfs = (destination: string, bytes: number, mode = "0755"): unknown => ({
    destination,
    type: "tmpfs",
    source: "tmpfs",
    options: [`size=${bytes}`, `mode=${mode}`],
  });
  const bind = (source: string, destination: string, access: "ro" | "rw"): unknown => ({
    destination,
    type: "bind",
    source,
    options: ["rbind", access],
  });
  return [
    { destination: "/proc", type: "proc", source: "proc" },
    ...hostSources().map((path) => bind(path, path, "ro")),
    // Without a mount of ours gVisor puts its own memory file system over an empty /tmp.
    bind(`${outside.root}/tmp`, "/tmp", "rw"),
    tmpfs("/dev/shm", limits.sharedMemoryBytes, "1777"),
    tmpfs("/run", limits.runBytes),
    bind(outside.control, controlInside, "rw"),
    // The agent's named pipes stay inside gVisor's kernel.
    tmpfs(`${controlInside}/p`, limits.runBytes, "0700"),
    bind(outside.node, "/opt/e2b/bin/node", "ro"),
    bind(agentOutside, agentInside, "ro"),
    ...sudoPlaces().map((path) => bind(sudoOutside, path, "ro")),
    ...plan.binds.map(({ path }, at) => bind(bindOutside(at), path, "rw")),
  ];
}
