// The root folder every cell starts from: a short list of files, nothing copied from the host's own /etc but what names
// public certificates and libraries (bound read-only). Copied whole with `cp -a`, off the request path.
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  chmodSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { resolver } from "./network-rules.ts";

export interface SkeletonOwner {
  /** Host ids behind the cell's root and its `user`. */
  readonly rootId: number;
  readonly userId: number;
}

export const userName = "user";
export const userUid = 1000;
export const userHome = "/home/user";
export const hostName = "e2b.local";
/** Our node comes first, so that `node` is always the one that runs the agent. */
export const cellPath = "/opt/e2b/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** E2B's base has `python`; Debian installs only `python3`. The program our link names, or null where none is due. */
export function pythonTarget(isFile: (path: string) => boolean = existsSync): string | null {
  const find = (name: string): string | undefined =>
    ["/usr/local/bin", "/usr/bin"].map((folder) => `${folder}/${name}`).find((path) => isFile(path));
  return find("python") === undefined ? (find("python3") ?? null) : null;
}

const files: Readonly<Record<string, string>> = {
  "etc/passwd": `root:x:0:0:root:/root:/bin/bash\n${userName}:x:${userUid}:${userUid}::${userHome}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
  "etc/group": `root:x:0:\ntty:x:5:\n${userName}:x:${userUid}:\nnogroup:x:65534:\n`,
  "etc/hosts": `127.0.0.1 localhost ${hostName}\n::1 localhost\n`,
  "etc/hostname": `${hostName}\n`,
  // Answers only where a sandbox was given a network.
  "etc/resolv.conf": `nameserver ${resolver}\n`,
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  "etc/shells": "/bin/sh\n/bin/bash\n",
  "etc/profile": `[ -r "$HOME/.profile" ] && . "$HOME/.profile"\n:\n`,
  "etc/bash.bashrc": "PS1='\\u@\\h:\\w\\$ '\n",
  "etc/os-release": 'NAME="e2b-swarm local sandbox"\nID=e2b-local\n',
};

const folders: readonly (readonly [path: string, mode: number, owner: "root" | "user"])[] = [
  ["etc", 0o755, "root"],
  ["etc/alternatives", 0o755, "root"],
  ["etc/ld.so.conf.d", 0o755, "root"],
  ["etc/ssl", 0o755, "root"],
  ["etc/ssl/certs", 0o755, "root"],
  ["home", 0o755, "root"],
  ["home/user", 0o755, "user"],
  ["root", 0o700, "root"],
  ["tmp", 0o1777, "root"],
  ["var", 0o755, "root"],
  ["var/tmp", 0o1777, "root"],
  ["var/log", 0o755, "root"],
  ["run", 0o755, "root"],
  ["proc", 0o555, "root"],
  ["dev", 0o755, "root"],
  ["usr", 0o755, "root"],
  ["opt", 0o755, "root"],
  ["opt/e2b", 0o755, "root"],
  ["opt/e2b/bin", 0o755, "root"],
  ["mnt", 0o755, "root"],
  ["srv", 0o755, "root"],
];

const systemFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] as const;
const boundFromHost = [
  "/etc/alternatives",
  "/etc/ssl/certs",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
] as const;

/** Writes the skeleton under `path`, owned as a cell needs it (`owner` null: leave it to the caller's uid). */
export function writeSkeleton(path: string, owner: SkeletonOwner | null): void {
  const own = (target: string, who: "root" | "user"): void => {
    if (owner === null) return;
    const id = who === "root" ? owner.rootId : owner.userId;
    chownSync(target, id, id);
  };
  mkdirSync(path, { mode: 0o755 });
  own(path, "root");
  for (const [name, mode, who] of folders) {
    const target = join(path, name);
    mkdirSync(target);
    chmodSync(target, mode);
    own(target, who);
  }
  const empty = boundFromHost.filter((source) => existsSync(source) && !lstatSync(source).isDirectory());
  const texts = [...Object.entries(files), ...empty.map((source): [string, string] => [source.slice(1), ""])];
  for (const [name, text] of [
    ...texts,
    ["opt/e2b/envd.cjs", ""],
    ["opt/e2b/bin/node", ""],
    ["opt/e2b/bin/sudo", ""],
  ] satisfies [string, string][]) {
    writeFileSync(join(path, name), text, { mode: 0o644 });
    own(join(path, name), "root");
  }
  const python = pythonTarget();
  if (python !== null) symlinkSync(python, join(path, "opt/e2b/bin/python"));
  for (const name of systemFolders) {
    if (!existsSync(`/${name}`)) continue;
    if (lstatSync(`/${name}`).isSymbolicLink()) symlinkSync(readlinkSync(`/${name}`), join(path, name));
    else mkdirSync(join(path, name), { mode: 0o755 });
  }
}

/** The host's programs and public data, shown read-only in every cell under the same path. */
export function hostSources(): string[] {
  const real = systemFolders
    .map((name) => `/${name}`)
    .filter((path) => existsSync(path) && lstatSync(path).isDirectory());
  return ["/usr", ...real, ...boundFromHost.filter((path) => existsSync(path))];
}

/** bwrap options for them. */
export function hostBinds(): string[] {
  return hostSources().flatMap((source) => ["--ro-bind", source, source]);
}

/** Links such as /bin -> usr/bin, for a root that is not made from the skeleton. */
export function systemLinks(): { readonly path: string; readonly target: string }[] {
  return systemFolders
    .map((name) => `/${name}`)
    .filter((path) => existsSync(path) && lstatSync(path).isSymbolicLink())
    .map((path) => ({ path, target: readlinkSync(path) }));
}
