// Opens the isolation that was asked for, or says exactly what is missing. Nothing falls back silently.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Isolation } from "../../contracts/target.ts";
import type { Clock } from "../../host/clock.ts";
import { silentLog, type Log } from "../../host/log.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";
import type { Cell, IsolationBackend } from "./backend.ts";
import { plainShape, type CellShape } from "./bwrap-args.ts";
import { bwrapBackend } from "./bwrap.ts";
import { prepareCgroups, removeGroup } from "./cgroup.ts";
import { createDiskGuard } from "./disk-guard.ts";
import { gvisorShape, nameOneId } from "./gvisor.ts";
import { shiftedRange, type IdRange } from "./ids.ts";
import { hireJanitor } from "./janitor.ts";
import { readRootPlan } from "./lay-root.ts";
import { noneBackend } from "./none.ts";
import { requireIsolation } from "./probe.ts";
import { missingForNetwork } from "./network.ts";
import { createRunFolder, removeRunFolder, type RunFolder } from "./run-folder.ts";
import { runToEnd } from "./run-to-end.ts";
import { userUid, writeSkeleton } from "./skeleton.ts";
import { createTrash } from "./trash.ts";

export interface OpenOptions {
  readonly isolation: Isolation;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
  /** Disk of one sandbox in MiB; default `limits.diskMb`. */
  readonly diskMb?: number | undefined;
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
  switch (options.isolation) {
    case "bwrap":
      return openCells(options, plainShape);
    case "gvisor":
      return openCells(options, gvisorShape);
    case "none":
      return openNone(options);
  }
}

async function openCells(options: OpenOptions, shape: CellShape): Promise<OpenIsolation> {
  const isRoot = process.getuid?.() === 0;
  const range = isRoot ? shiftedRange() : null;
  return openRun(options, isRoot, async (folder) => {
    const skeleton = makeSkeleton(folder, range);
    if (shape === gvisorShape && range === null) nameOneId(skeleton);
    const cgroups = prepareCgroups(groupName(folder));
    const prlimit = cgroups === null && (await runToEnd("prlimit", ["--version"])).code === 0;
    const networkMissing =
      shape === gvisorShape ? "use isolation bwrap: gvisor has no network here" : await missingForNetwork();
    const label = {
      isolation: shape === gvisorShape ? "gvisor" : "bwrap",
      ids: range === null ? "single" : "multi",
      limits: cgroups?.version ?? (prlimit ? "prlimit" : "none"),
      network: networkMissing === null ? "rules" : "off",
      networkMissing,
      diskMb: options.diskMb ?? limits.diskMb,
    } as const;
    const { clock, random } = options;
    const rootPlan = readRootPlan(skeleton);
    const disk = createDiskGuard({
      folder: folder.cells,
      bytesPerCell: label.diskMb * 1_048_576,
      ids: label.ids,
      canBrake: label.isolation === "bwrap",
      clock,
      log: options.log ?? silentLog,
    });
    const context = { folder, rootPlan, range, cgroups, label, shape, disk, trash: createTrash(), clock, random };
    return { backend: bwrapBackend(context), groups: cgroups?.parents ?? [], closeFirst: () => disk.close() };
  });
}

async function openNone(options: OpenOptions): Promise<OpenIsolation> {
  return openRun(options, false, async (folder) => {
    const skeleton = makeSkeleton(folder, null);
    const { clock, random } = options;
    return { backend: noneBackend({ folder, skeleton, clock, random }), groups: [], closeFirst: () => undefined };
  });
}

interface Filled {
  readonly backend: IsolationBackend;
  /** Parent cgroups of the run. */
  readonly groups: readonly string[];
  /** What watches the folder stops before it goes. */
  readonly closeFirst: () => void;
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
    await removeRunFolder(folder.path, clock);
    await janitor.dismiss();
  };
  try {
    const { backend, groups, closeFirst } = await fill(folder);
    const removals = new Set<Promise<void>>();
    const closeAll = async (): Promise<void> => {
      closeFirst();
      await Promise.all(removals);
      await close(groups);
    };
    return { backend: noting(backend, removals), folder, close: closeAll };
  } catch (cause) {
    await close([]);
    throw cause;
  }
}

/** Keeps the removals under way, also of cells that ended by themselves and that nobody holds any more. */
function noting(backend: IsolationBackend, removals: Set<Promise<void>>): IsolationBackend {
  const note = (cell: Cell): Cell => {
    const settled = () => undefined;
    const removed = cell.removed.then(settled, settled).finally(() => void removals.delete(removed));
    removals.add(removed);
    return cell;
  };
  const stand = backend.stand?.bind(backend);
  return {
    ...backend,
    start: async (from) => note(await backend.start(from)),
    ...(stand === undefined ? {} : { stand: async (from) => note(await stand(from)) }),
  };
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
