// The log file of the local server: JSON lines, two files of bounded size, no secrets. It outlives the server, because it is
// wanted most when a server is gone; the next server moves it aside.
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { isRecord } from "../contracts/json.ts";
import type { Clock } from "../host/clock.ts";
import { redact, type LogLevel } from "../host/log.ts";

/** Size at which the file is moved aside; one older file is kept. */
const fileBytes = 1_048_576;
const followPollMs = 200;
const chunkBytes = 65_536;

export function olderLog(path: string): string {
  return `${path}.1`;
}

/** Called by whoever starts a server: its log begins with an empty file. */
export function moveLogAside(path: string): void {
  if (existsSync(path)) renameSync(path, olderLog(path));
}

/** Appends lines, moving the file aside when it is full. A disk that is full loses lines, never the server. */
export function openServerLog(path: string): (line: string) => void {
  let file = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  return (line) => {
    try {
      if (size > fileBytes) {
        renameSync(path, olderLog(path));
        closeSync(file);
        file = openSync(path, "a", 0o600);
        size = 0;
      }
      size += writeSync(file, line);
    } catch {
      // See above.
    }
  };
}

export interface LogQuery {
  /** Least level that is shown; default all. What is no JSON is a crash and counts as error. */
  readonly level?: LogLevel | undefined;
  /** The last so many lines; default 200. */
  readonly lines?: number | undefined;
}

const defaultLines = 200;

/** The end of the log, over both files. Empty when there is none. */
export function readServerLog(path: string, query: LogQuery = {}): string {
  const text = [olderLog(path), path].map((file) => readOrEmpty(file)).join("");
  const shown = shownLines(text, query.level);
  const lines = shown.slice(Math.max(0, shown.length - (query.lines ?? defaultLines)));
  return lines.map((line) => `${line}\n`).join("");
}

/** Prints what is there and then each new line, also over a change of files, until `isOver` and everything is read. */
export async function followServerLog(
  path: string,
  query: LogQuery,
  reader: {
    readonly print: (text: string) => void;
    readonly isOver: () => boolean;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { print, isOver, clock, signal } = reader;
  let tail = openTail(path, true);
  print(readServerLog(path, query));
  try {
    for (;;) {
      const over = isOver();
      tail ??= openTail(path, false);
      const fresh = tail === null ? "" : tail.read();
      for (const line of shownLines(fresh, query.level)) print(`${line}\n`);
      if (tail !== null && fresh === "" && tail.wasMoved()) {
        tail.close();
        tail = null;
        continue;
      }
      if (over && fresh === "") return;
      await clock.sleep(followPollMs, signal);
    }
  } finally {
    tail?.close();
  }
}

interface Tail {
  /** Whole lines that were not read yet. */
  read(): string;
  /** Another file has this name now. */
  wasMoved(): boolean;
  close(): void;
}

function openTail(path: string, atEnd: boolean): Tail | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, "r");
  const { ino, size } = fstatSync(file);
  let position = atEnd ? size : 0;
  let rest = "";
  return {
    read() {
      const chunk = Buffer.alloc(chunkBytes);
      const length = readSync(file, chunk, 0, chunkBytes, position);
      position += length;
      const text = rest + chunk.toString("utf8", 0, length);
      const end = text.lastIndexOf("\n") + 1;
      rest = text.slice(end);
      return text.slice(0, end);
    },
    wasMoved: () => !existsSync(path) || statSync(path).ino !== ino,
    close: () => closeSync(file),
  };
}

function shownLines(text: string, level: LogLevel | undefined): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.filter((line) => level === undefined || rank(levelOf(line)) >= rank(level)).map((line) => redact(line));
}

function rank(level: LogLevel): number {
  switch (level) {
    case "debug":
      return 0;
    case "info":
      return 1;
    case "warn":
      return 2;
    case "error":
      return 3;
  }
}

function levelOf(line: string): LogLevel {
  try {
    const value: unknown = JSON.parse(line);
    const named: unknown = isRecord(value) ? value.level : undefined;
    return named === "debug" || named === "info" || named === "warn" ? named : "error";
  } catch {
    return "error";
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
