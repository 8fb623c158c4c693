// Opens the isolation that was asked for, or says exactly what is missing. Nothing falls back silently.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Isolation } from "../../contracts/target.ts";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { IsolationBackend } from "./backend.ts";
import { bwrapBackend } from "./bwrap.ts";
import { prepareCgroups, removeGroup } from "./cgroup.ts";
import { shiftedRange, type IdRange } from "./ids.ts";
import { hireJanitor } from "./janitor.ts";
import { noneBackend } from "./none.ts";
import { removeFolder } from "./remove-folder.ts";
import { createRunFolder, type RunFolder } from "./run-folder.ts";
import { runToEnd } from "./run-to-end.ts";
import { userUid, writeSkeleton } from "./skeleton.ts";

export interface OpenOptions {
  readonly isolation: Isolation;
  readonly clock: Clock;
  readonly random: Random;
  readonly runParent?: string | undefined;
}

export interface OpenIsolation {
  readonly backend: IsolationBackend;
  readonly folder: RunFolder;
  /** Deletes the run folder and parent cgroups. Only after every cell was removed. */
  close(): Promise<void>;
}

export async function openIsolation(options: OpenOptions): Promise<OpenIsolation> {
  await requireIsolation(options.isolation);
  return options.isolation === "none" ? openNone(options) : openBwrap(options);
}

/** Throws `local.isolation` with what is missing; starts nothing that stays. */
export async function requireIsolation(isolation: Isolation): Promise<void> {
  switch (isolation) {
    case "bwrap":
      return probeBwrap();
    case "none":
      return;
    case "gvisor":
      throw new SwarmError("local.isolation", "Cannot use isolation gvisor: it is not built yet", {
        hint: "Use isolation bwrap",
      });
  }
}

async function openBwrap(options: OpenOptions): Promise<OpenIsolation> {
  const isRoot = process.getuid?.() === 0;
  const range = isRoot ? shiftedRange() : null;
  return openRun(options, isRoot, async (folder) => {
    const skeleton = makeSkeleton(folder, range);
    const cgroups = prepareCgroups(groupName(folder));
    const prlimit = cgroups === null && (await runToEnd("prlimit", ["--version"])).code === 0;
    const label = {
      isolation: "bwrap",
      ids: range === null ? "single" : "multi",
      limits: cgroups?.version ?? (prlimit ? "prlimit" : "none"),
      network: "off",
    } as const;
    const { clock, random } = options;
    const backend = bwrapBackend({ folder, skeleton, range, cgroups, label, clock, random });
    return { backend, groups: cgroups?.parents ?? [] };
  });
}

async function openNone(options: OpenOptions): Promise<OpenIsolation> {
  return openRun(options, false, async (folder) => {
    const skeleton = makeSkeleton(folder, null);
    const { clock, random } = options;
    return { backend: noneBackend({ folder, skeleton, clock, random }), groups: [] };
  });
}

interface Filled {
  readonly backend: IsolationBackend;
  /** Parent cgroups of the run. */
  readonly groups: readonly string[];
}

/** A run folder with its janitor. When `fill` fails neither stays. */
async function openRun(
  { random, clock, runParent }: OpenOptions,
  shared: boolean,
  fill: (folder: RunFolder) => Promise<Filled>,
): Promise<OpenIsolation> {
  const folder = createRunFolder({ random, shared, parent: runParent });
  const janitor = hireJanitor(folder.path);
  const close = async (groups: readonly string[]): Promise<void> => {
    for (const group of groups) await removeGroup(group, clock);
    await removeFolder(folder.path);
    await janitor.dismiss();
  };
  try {
    const { backend, groups } = await fill(folder);
    return { backend, folder, close: async () => close(groups) };
  } catch (cause) {
    await close([]);
    throw cause;
  }
}

function makeSkeleton(folder: RunFolder, range: IdRange | null): string {
  const skeleton = join(folder.path, "skeleton");
  writeSkeleton(skeleton, range === null ? null : { rootId: range.first, userId: range.first + userUid });
  writeFileSync(join(folder.path, "README"), "Folder of a running e2b-swarm local server; removed when it stops.\n");
  return skeleton;
}

function groupName(folder: RunFolder): string {
  return folder.path.slice(folder.path.lastIndexOf("/") + 1);
}

/** Runs the real thing once: presence of the binary says nothing about what the kernel allows. */
async function probeBwrap(): Promise<void> {
  const spaces = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];
  const result = await runToEnd("bwrap", [...spaces, "true"]);
  if (result.code === 0) return;
  const missing = result.code === null && /ENOENT/.test(result.stderr);
  if (missing) {
    throw new SwarmError("local.isolation", "Cannot isolate sandboxes: bubblewrap is not installed", {
      hint: "Run: sudo apt-get install -y bubblewrap (or ask for isolation none, which certifies nothing)",
      details: { isolation: "bwrap" },
    });
  }
  throw new SwarmError("local.isolation", `Cannot isolate sandboxes: bwrap refuses to start (${result.stderr})`, {
    hint: "Allow unprivileged user namespaces: sudo sysctl -w user.max_user_namespaces=15000, and on Ubuntu 24.04 kernel.apparmor_restrict_unprivileged_userns=0",
    details: { isolation: "bwrap" },
  });
}
