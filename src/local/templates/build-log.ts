// The log of one build: entries with a level and a step, bounded in number and length. What exceeds the bound is counted,
// and the log says so itself. Lines come from inside a sandbox: they are text and nothing else.
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogEntry {
  readonly timestampMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly step: string | null;
}

export interface BuildLog {
  write(level: LogLevel, message: string, step?: string | null): void;
  entries(): readonly LogEntry[];
}

export function createBuildLog(clock: Clock): BuildLog {
  const entries: LogEntry[] = [];
  let bytes = 0;
  let full = false;
  const add = (level: LogLevel, message: string, step: string | null): void => {
    entries.push({ timestampMs: clock.nowMs(), level, message, step });
  };
  return {
    write(level, message, step = null) {
      // How a build ended is always said, however much it printed before.
      const mustSay = level === "error" && entries.length < limits.buildLogEntries + limits.buildLogErrors;
      const line = clipped(message);
      bytes += line.length;
      if (!mustSay && (entries.length >= limits.buildLogEntries || bytes > limits.buildLogBytes)) {
        if (!full) add("warn", `The log is full: what follows is not kept`, step);
        full = true;
        return;
      }
      add(level, line, step);
    },
    entries: () => entries,
  };
}

export function isLogLevel(text: string): text is LogLevel {
  return logLevels.some((level) => level === text);
}

export function atLeast(entry: LogEntry, level: LogLevel): boolean {
  return logLevels.indexOf(entry.level) >= logLevels.indexOf(level);
}

function clipped(message: string): string {
  return message.length <= limits.buildLogLine ? message : `${message.slice(0, limits.buildLogLine)}…`;
}
