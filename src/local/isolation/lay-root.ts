// The skeleton as a list in memory, laid down as a cell's root without starting a program: a few dozen small calls cost a
// tenth of what a `cp` process does. Every cell gets files of its own; no two tenants share an inode.
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { invariant } from "../../contracts/invariant.ts";

interface Entry {
  /** Relative to the root; "" is the root itself. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content:
    | { readonly kind: "folder" }
    | { readonly kind: "file"; readonly bytes: Buffer }
    | { readonly kind: "link"; readonly target: string };
}

/** Parents come before what they hold. */
export type RootPlan = readonly Entry[];

const maxEntries = 1_000;
/** What a usual umask takes away, and what making never gives. */
const umaskBits = 0o022;
const specialBits = 0o7000;

export function readRootPlan(skeleton: string): RootPlan {
  const entries: Entry[] = [];
  const walk = (path: string): void => {
    invariant(entries.length < maxEntries, "a skeleton is a short list of files");
    const full = join(skeleton, path);
    const { mode, uid, gid } = lstatSync(full);
    const content = contentOf(full);
    entries.push({ path, mode: mode & 0o7777, uid, gid, content });
    if (content.kind === "folder") for (const name of readdirSync(full).sort()) walk(join(path, name));
  };
  walk("");
  return entries;
}

function contentOf(path: string): Entry["content"] {
  const stat = lstatSync(path);
  if (stat.isDirectory()) return { kind: "folder" };
  if (stat.isSymbolicLink()) return { kind: "link", target: readlinkSync(path) };
  invariant(stat.isFile(), "a skeleton holds folders, files and links only");
  return { kind: "file", bytes: readFileSync(path) };
}

/** `root` must not exist yet. With `giveAway` each entry gets its owner's ids, which needs the right to do so. */
export function layRoot(plan: RootPlan, root: string, giveAway: boolean): void {
  for (const { path, mode, uid, gid, content } of plan) {
    const target = join(root, path);
    switch (content.kind) {
      case "folder":
        mkdirSync(target, mode & 0o777);
        break;
      case "file":
        writeFileSync(target, content.bytes, { mode: mode & 0o777, flag: "wx" });
        break;
      case "link":
        symlinkSync(content.target, target);
        break;
    }
    if (giveAway) lchownSync(target, uid, gid);
    if (content.kind !== "link" && (mode & (umaskBits | specialBits)) !== 0) chmodSync(target, mode);
  }
}
