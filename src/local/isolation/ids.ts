// Which host ids stand behind a cell. Root gives every cell a fully shifted range, so that "root" inside is nobody outside;
// bwrap itself runs as the first id of that range, never as real root.
import { readFileSync, writeFileSync } from "node:fs";

export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** Above the ranges useradd and systemd hand out (524288 to 1879048191), below 2^31. */
const preferredFirst = 1_900_000_000;
const count = 65_536;

/** A range that no line of /etc/subuid overlaps. */
export function shiftedRange(): IdRange {
  const taken = ["/etc/subuid", "/etc/subgid"].flatMap((path) => readRanges(path));
  let first = preferredFirst;
  for (const range of taken.sort((a, b) => a.first - b.first)) {
    if (range.first < first + count && first < range.first + range.count) first = range.first + range.count;
  }
  return { first, count };
}

/** Lets the waiting process see `range` as 0..65535. Needs CAP_SETUID here. */
export function writeIdMaps(pid: number, range: IdRange): void {
  const line = `0 ${range.first} ${range.count}\n`;
  writeFileSync(`/proc/${pid}/uid_map`, line);
  writeFileSync(`/proc/${pid}/gid_map`, line);
}

function readRanges(path: string): IdRange[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([, first, size]) => ({ first: Number(first), count: Number(size) }))
      .filter((range) => Number.isSafeInteger(range.first) && Number.isSafeInteger(range.count));
  } catch {
    return [];
  }
}
