// The log of one sandbox, in both generations. Known ids answer after their sandbox ended too.
import { problem, type Answer } from "../answer.ts";
import { logLevels, type LogEntry } from "../lifecycle/log-book.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { notFound } from "./with-sandbox.ts";

const maxLimit = 1_000;
const maxSearch = 256;

/** From `start` (ms) on, oldest first, as lines of JSON. */
export function logsEndpointV1(plane: ControlPlane, { id, url }: ControlRequest): Answer {
  const entries = plane.logs.entries(id);
  if (entries === undefined) return notFound(id);
  const start = whole(url, "start", 0);
  const limit = whole(url, "limit", maxLimit);
  if (start === null || limit === null) return problem(400, "start and limit must be whole numbers, 0 or more");
  const found = entries.filter((entry) => entry.atMs >= start).slice(0, Math.min(limit, maxLimit));
  const logs = found.map(({ atMs, level, message, fields }) => ({
    timestamp: new Date(atMs).toISOString(),
    line: JSON.stringify({ ...fields, level, message, sandboxID: id }),
  }));
  return { status: 200, body: { logs, logEntries: found.map((entry) => entryJson(entry)) } };
}

/** Backward (default): the newest at or before the cursor first. Forward: the oldest at or after it first. */
export function logsEndpoint(plane: ControlPlane, { id, url }: ControlRequest): Answer {
  const entries = plane.logs.entries(id);
  if (entries === undefined) return notFound(id);
  const query = url.searchParams;
  const limit = whole(url, "limit", maxLimit);
  if (limit === null || limit > maxLimit) return problem(400, `limit must be 0 to ${maxLimit}`);
  const direction = query.get("direction") ?? "backward";
  if (direction !== "forward" && direction !== "backward") return problem(400, "direction must be forward or backward");
  const level = query.get("level") ?? "debug";
  const least = logLevels.findIndex((name) => name === level);
  if (least === -1) return problem(400, `level must be one of ${logLevels.join(", ")}`);
  const search = query.get("search") ?? "";
  if (search.length > maxSearch) return problem(400, `search must have at most ${maxSearch} characters`);
  const cursor = whole(url, "cursor", direction === "forward" ? 0 : Number.MAX_SAFE_INTEGER);
  if (cursor === null) return problem(400, "cursor must be a time in milliseconds");
  const wanted = entries
    .filter((entry) => (direction === "forward" ? entry.atMs >= cursor : entry.atMs <= cursor))
    .filter((entry) => logLevels.indexOf(entry.level) >= least && entry.message.includes(search));
  const ordered = direction === "forward" ? wanted : wanted.toReversed();
  return { status: 200, body: { logs: ordered.slice(0, limit).map((entry) => entryJson(entry)) } };
}

function entryJson({ atMs, level, message, fields }: LogEntry): Record<string, unknown> {
  return { timestamp: new Date(atMs).toISOString(), level, message, fields };
}

/** Null when it is no whole number. */
function whole(url: URL, name: string, fallback: number): number | null {
  const text = url.searchParams.get(name);
  if (text === null || text === "") return fallback;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}
