// The lives of this folder's sandboxes as its processes saw them: one line for each create and end, one file a day, so that
// whoever looks on knows what other processes measured. A line is appended in one write; a full file is said to be full.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import { isRecord } from "../../contracts/json.ts";
import type { LifeEvent } from "../../sandboxes/life-event.ts";

export type JournalLine = LifeEvent & { readonly atMs: number };

export interface Journal {
  /** Never throws: a journal that cannot be written stops no work. */
  readonly write: (event: LifeEvent) => void;
  /** Lines of today and of the day before (UTC), in the order written; what is no line of ours is left out. */
  readonly read: () => readonly JournalLine[];
}

const maxBytes = 8 * 1_048_576;
const dayMs = 86_400_000;

export function openJournal(folder: string, clock: Clock): Journal {
  const home = join(folder, ".swarm", "lives");
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const fileOf = (day: string): string => join(home, `${day}.ndjson`);
  let known = "";
  return {
    write(event) {
      const atMs = clock.nowMs();
      const day = dayOf(atMs);
      try {
        if (known !== day) {
          mkdirSync(home, { recursive: true, mode: 0o700 });
          forget(home, new Set([day, dayOf(atMs - dayMs)]));
          known = day;
        }
        const size = statSync(fileOf(day), { throwIfNoEntry: false })?.size ?? 0;
        if (size < maxBytes) appendFileSync(fileOf(day), `${JSON.stringify({ atMs, ...event })}\n`, { mode: 0o600 });
      } catch {
        // The operation itself says when the folder cannot be written.
      }
    },
    read() {
      const nowMs = clock.nowMs();
      return [dayOf(nowMs - dayMs), dayOf(nowMs)].flatMap((day) => linesOf(fileOf(day)));
    },
  };
}

/** Removes the days nobody asks about any more. */
function forget(home: string, kept: ReadonlySet<string>): void {
  for (const name of readdirSync(home)) {
    const day = /^(\d{4}-\d{2}-\d{2})\.ndjson$/.exec(name)?.[1];
    if (day !== undefined && !kept.has(day)) rmSync(join(home, name), { force: true });
  }
}

function linesOf(path: string): JournalLine[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isLine(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isLine(value: unknown): value is JournalLine {
  if (!isRecord(value) || typeof value.atMs !== "number") return false;
  if (value.kind === "ended") return typeof value.sandboxId === "string";
  if (typeof value.tookMs !== "number" || !(value.tookMs >= 0)) return false;
  if (value.kind === "not-created") return typeof value.code === "string";
  const { resources } = value;
  return (
    value.kind === "created" &&
    typeof value.sandboxId === "string" &&
    typeof value.endMs === "number" &&
    isRecord(resources) &&
    Number.isSafeInteger(resources.cpuCount) &&
    Number.isSafeInteger(resources.memoryMb)
  );
}
