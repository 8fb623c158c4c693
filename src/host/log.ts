// Log lines: one JSON object per line on a stream that is never stdout. Values that look like keys are scrubbed by value.
import type { Clock } from "./clock.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export interface Log {
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
}

export const silentLog: Log = { write: () => undefined };

const secretShapes = [/\b(?:sk_)?e2b_[0-9A-Za-z]{8,}/g, /\bv1_[A-Za-z0-9+/]{40,}/g, /\bBearer\s+[\w.~+/-]{8,}=*/g];

/** Replaces anything of the shape of a key by `[redacted]`. */
export function redact(text: string): string {
  return secretShapes.reduce((clean, shape) => clean.replace(shape, "[redacted]"), text);
}

/** A log that writes JSON lines through `sink`, dropping levels below `from`. */
export function jsonLog(clock: Clock, sink: (line: string) => void, from: LogLevel = "info"): Log {
  const order: readonly LogLevel[] = ["debug", "info", "warn", "error"];
  return {
    write(level, message, fields) {
      if (order.indexOf(level) < order.indexOf(from)) return;
      const line = JSON.stringify({ time: new Date(clock.nowMs()).toISOString(), level, message, ...fields });
      sink(`${redact(line)}\n`);
    },
  };
}
