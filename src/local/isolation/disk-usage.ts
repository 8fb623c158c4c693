// How much disk cells hold: their trees by du(1), in a process of its own, and files without a name that their processes
// keep open. Nothing of a tenant is opened, and no link of his is followed.
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import type { Clock } from "../../host/clock.ts";
import { ownNamespace } from "./copy-tree.ts";

const sectorBytes = 512;
/** One du over one tree; a tree that takes longer holds too many files to be measured. */
const measureMs = 10_000;
const keptBytes = 1_048_576;

/** Bytes by folder; a folder that is missing in the answer could not be measured in time, or is gone. */
export async function treeBytes(
  folders: readonly string[],
  ids: "multi" | "single",
  clock: Clock,
): Promise<ReadonlyMap<string, number>> {
  if (folders.length === 0) return new Map();
  const measure = ["du", "-s", "-x", "--block-size=1", "--", ...folders];
  // An ordinary user's cell may close folders to its own id; they count all the same.
  const [program = "", ...args] = ids === "single" ? [...ownNamespace, ...measure] : measure;
  const text = await new Promise<string>((resolve) => {
    let said = "";
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], cwd: "/" });
    const stop = clock.after(measureMs, () => child.kill("SIGKILL"), { unref: true });
    child.stdout.on("data", (chunk: Buffer) => {
      if (said.length < keptBytes) said += chunk.toString("utf8");
    });
    child.once("error", () => resolve(""));
    child.once("close", () => {
      stop();
      resolve(said);
    });
  });
  const lines = text.split("\n").map((line) => line.split("\t"));
  return new Map(lines.flatMap(([bytes, path]) => (path === undefined ? [] : [[path, Number(bytes)] as const])));
}

/** Bytes of deleted files that these processes still hold open or mapped, on the device `device`. */
export function heldBytes(pids: readonly number[], device: number): number {
  const seen = new Map<number, number>();
  const links = pids.flatMap((pid) => ["fd", "map_files"].flatMap((kind) => entries(`/proc/${pid}/${kind}`)));
  for (const link of links) {
    try {
      const stat = statSync(link);
      if (stat.nlink === 0 && stat.isFile() && stat.dev === device) seen.set(stat.ino, stat.blocks * sectorBytes);
    } catch {
      // Closed meanwhile, or not ours to look at.
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
