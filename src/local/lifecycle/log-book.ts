// The log of each sandbox: what its agent reports about processes, and what the host did with it. Bounded in entries and in
// sandboxes; a sandbox's log outlives it until newer ones need the place.
import { isRecord } from "../../contracts/json.ts";
import type { Clock } from "../../host/clock.ts";
import type { Cell } from "../isolation/backend.ts";
import { limits } from "../limits.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogEntry {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface LogBook {
  /** Listens to a cell that now belongs to the sandbox. */
  follow(id: string, cell: Cell): void;
  note(id: string, message: string, fields?: Readonly<Record<string, string>>): void;
  /** Oldest first; undefined when nothing is known about this id. */
  entries(id: string): readonly LogEntry[] | undefined;
}

export function createLogBook(clock: Clock): LogBook {
  /** Longest untouched first. */
  const books = new Map<string, LogEntry[]>();
  const add = (id: string, entry: LogEntry): void => {
    const book = books.get(id) ?? [];
    if (!books.has(id) && books.size >= limits.logBooks) {
      const [oldest] = books.keys();
      if (oldest !== undefined) books.delete(oldest);
    }
    books.set(id, book);
    book.push(entry);
    if (book.length > limits.logEntries) book.shift();
  };
  return {
    follow: (id, cell) =>
      cell.voice?.onLine((line) => {
        const entry = parseLine(line, clock);
        if (entry !== null) add(id, entry);
      }),
    note: (id, message, fields = {}) =>
      add(id, { atMs: clock.nowMs(), level: "info", message, fields: { logger: "orchestrator", ...fields } }),
    entries: (id) => books.get(id),
  };
}

/** The host's own time: an agent's clock says nothing about the order of things here. */
function parseLine(line: string, clock: Clock): LogEntry | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value)) return null;
    const { level, message, ...rest } = value;
    const known = logLevels.find((name) => name === level);
    if (known === undefined || typeof message !== "string") return null;
    const fields = Object.fromEntries(
      Object.entries(rest).flatMap(([name, item]): [string, string][] =>
        typeof item === "string" || typeof item === "number" ? [[name, String(item)]] : [],
      ),
    );
    return { atMs: clock.nowMs(), level: known, message, fields };
  } catch {
    return null;
  }
}
