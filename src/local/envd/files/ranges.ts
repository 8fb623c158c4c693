// Range and conditional requests on one file, whose only validator is its time in whole seconds.
import type { Stats } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Condition = "proceed" | "not-modified" | "failed";

export function condition(headers: IncomingHttpHeaders, stats: Stats): Condition {
  const before = seconds(headers["if-unmodified-since"]);
  if (before !== null && wholeSeconds(stats) > before) return "failed";
  // Files have no entity tag: only the asterisk matches.
  if (headers["if-none-match"] !== undefined)
    return headers["if-none-match"].trim() === "*" ? "not-modified" : "proceed";
  const since = seconds(headers["if-modified-since"]);
  return since !== null && wholeSeconds(stats) <= since ? "not-modified" : "proceed";
}

/** One range only; anything else is answered whole, as HTTP allows. */
export function parseRange(headers: IncomingHttpHeaders, stats: Stats): Range | "unsatisfiable" | null {
  const { range, "if-range": validator } = headers;
  if (typeof validator === "string" && seconds(validator) !== wholeSeconds(stats)) return null;
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(range ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const last = stats.size - 1;
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), stats.size);
    return length === 0 ? "unsatisfiable" : { start: stats.size - length, end: last };
  }
  const start = Number(match[1]);
  const end = match[2] === "" ? last : Math.min(Number(match[2]), last);
  return start > last || end < start ? "unsatisfiable" : { start, end };
}

function wholeSeconds(stats: Stats): number {
  return Math.floor(stats.mtimeMs / 1000);
}

function seconds(date: string | undefined): number | null {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
