// GET /files: the bytes of one file, with ranges; gzip only for a client that asks for nothing else.
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Agent } from "../agent.ts";
import { sendProblem } from "../http-answer.ts";
import { realPath, resolvePath } from "../paths.ts";
import type { User } from "../users.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

export async function download(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  asked: { readonly path: string; readonly user: User },
): Promise<void> {
  const shown = resolvePath(agent, asked.path, asked.user);
  const real = realPath(agent, shown);
  const stats = await stat(real).catch(() => null);
  if (stats === null) return sendProblem(response, 404, `path '${shown}' does not exist`);
  if (stats.isDirectory()) return sendProblem(response, 400, `path '${shown}' is a directory`);
  if (!stats.isFile()) return sendProblem(response, 400, `path '${shown}' is not a regular file`);
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": `inline; filename*=UTF-8''${encodeURIComponent(posix.basename(shown))}`,
    vary: "Accept-Encoding",
    "accept-ranges": "bytes",
    "last-modified": stats.mtime.toUTCString(),
  };
  const range = parseRange(request.headers.range, stats);
  if (range === "unsatisfiable") {
    response.writeHead(416, { ...headers, "content-range": `bytes */${stats.size}`, "content-length": 0 }).end();
    return;
  }
  if (range === null && stats.size > 0 && wantsGzip(request)) {
    response.writeHead(200, { ...headers, "content-encoding": "gzip" });
    return pipeline(createReadStream(real), createGzip({ level: 1 }), response);
  }
  const { start, end } = range ?? { start: 0, end: stats.size - 1 };
  const partial = range === null ? {} : { "content-range": `bytes ${start}-${end}/${stats.size}` };
  response.writeHead(range === null ? 200 : 206, { ...headers, ...partial, "content-length": end - start + 1 });
  if (end < start) return void response.end();
  await pipeline(createReadStream(real, { start, end }), response);
}

/** One range only; anything else is answered whole, as HTTP allows. */
function parseRange(header: string | undefined, stats: Stats): Range | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
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

/** undici always offers "br, gzip, deflate"; compressing for a loopback client would only cost both sides time. */
function wantsGzip(request: IncomingMessage): boolean {
  return (request.headers["accept-encoding"] ?? "").trim().toLowerCase() === "gzip";
}
