// The folder of one server's life: agent file, node binary if it must be copied, template skeleton, one folder per cell.
// It names its owner, so that the next server can sweep what a killed one left.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { invariant } from "../../contracts/invariant.ts";
import type { Clock } from "../../host/clock.ts";
import { unwritable } from "../../host/durable-file.ts";
import { packageFolder } from "../../host/package-folder.ts";
import { identify } from "../../host/process-identity.ts";
import type { Random } from "../../host/random.ts";
import { removeFolder } from "./remove-folder.ts";

export const runFolderPrefix = "e2bs-";
/** Every process that starts a cell carries the run folder's name in this variable until it is the cell's own. */
export const runVariable = "E2B_SWARM_RUN";
/** A Unix socket path may hold 107 bytes; what we append needs 40 of them. */
const maxParentLength = 60;

export interface RunFolder {
  readonly path: string;
  /** Paths of what is bound read-only into every cell; readable by any uid where `shared`. */
  readonly agentFile: string;
  readonly nodeFile: string;
  readonly cells: string;
  readonly sockets: string;
}

export interface RunFolderOptions {
  readonly random: Random;
  /** True when cells run under another uid and must be able to walk in. */
  readonly shared: boolean;
  /** Parent folder; default the system's temporary folder. */
  readonly parent?: string | undefined;
}

/** The parent of run folders: short, and walkable by other uids when the cells have their own. */
export function runFolderParent(shared: boolean, asked?: string): string {
  if (asked !== undefined) return asked;
  const usual = tmpdir();
  return usual.length <= maxParentLength && (!shared || openToAll(usual)) ? usual : "/tmp";
}

export function createRunFolder(options: RunFolderOptions): RunFolder {
  const { shared } = options;
  const path = join(
    runFolderParent(shared, options.parent),
    `${runFolderPrefix}${options.random.bytes(5).toString("hex")}`,
  );
  const folder = { path, agentFile: join(path, "envd.cjs"), cells: join(path, "c"), sockets: join(path, "k") };
  try {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(ownerFile(path), JSON.stringify(identify(process.pid)), { mode: 0o600 });
    mkdirSync(folder.cells, { mode: 0o711 });
    mkdirSync(folder.sockets, { mode: 0o700 });
    copyFileSync(findAgentFile(), folder.agentFile);
    chmodSync(folder.agentFile, 0o444);
    copyFileSync(packageFolder("dist/programs/sudo"), join(path, "sudo"));
    chmodSync(join(path, "sudo"), 0o555);
    const nodeFile = placeNode(path, shared);
    if (shared) chmodSync(path, 0o711);
    return { ...folder, nodeFile };
  } catch (cause) {
    if (cause instanceof SwarmError) throw cause;
    throw unwritable(path, cause);
  }
}

/** Cells under another uid cannot bind a binary below a closed folder such as /root: they get a link or a copy. */
function placeNode(path: string, shared: boolean): string {
  const running = realpathSync(process.execPath);
  if (!shared || openToAll(running)) return running;
  const placed = join(path, "node");
  try {
    linkSync(running, placed);
  } catch {
    copyFileSync(running, placed);
  }
  if (statSync(placed).nlink === 1) chmodSync(placed, 0o755);
  return placed;
}

/** True when any uid may reach and read `path`. */
export function openToAll(path: string): boolean {
  for (let step = realpathSync(path); ; step = dirname(step)) {
    if ((statSync(step).mode & 0o001) === 0) return false;
    if (step === dirname(step)) return true;
  }
}

function findAgentFile(): string {
  const file = packageFolder("dist/programs/envd.cjs");
  if (existsSync(file)) return file;
  throw new SwarmError("local.start", "Cannot start the local server: dist/programs/envd.cjs does not exist", {
    hint: "Run npm run build",
  });
}

/** Environment of a program that starts a cell. */
export function startEnvironment(folder: RunFolder): Readonly<Record<string, string>> {
  return { PATH: "/usr/bin:/bin", [runVariable]: basename(folder.path) };
}

export function ownerFile(path: string): string {
  invariant(path.includes(runFolderPrefix), "a run folder carries its prefix");
  return join(path, "owner.json");
}

const removeAttempts = 10;
const removePauseMs = 20;

/**
 * Its owner's name goes last: whatever is left when this fails or is killed is still known as abandoned. Others may be
 * deleting inside at the same time.
 */
export async function removeRunFolder(path: string, clock: Clock): Promise<boolean> {
  const owner = basename(ownerFile(path));
  for (let attempt = 0; attempt < removeAttempts; attempt++) {
    const inside = (await readdir(path).catch(() => [])).filter((name) => name !== owner);
    const removed = await Promise.all(inside.map(async (name) => removeFolder(join(path, name))));
    if (removed.every(Boolean) && (await removeFolder(path))) return true;
    await clock.sleep(removePauseMs);
  }
  return false;
}
