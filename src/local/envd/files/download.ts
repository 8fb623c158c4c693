// GET /files: the bytes of one file, whole, in part, or not at all when the client already has them.
import { constants, type Stats } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Agent } from "../agent.ts";
import { sendProblem } from "../http-answer.ts";
import { realPath, resolvePath } from "../paths.ts";
import type { User } from "../users.ts";
import { acceptsIdentity, negotiate, type Encoding } from "./encoding.ts";
import { describeProblem, httpProblem, isSystemError } from "./file-problem.ts";
import { condition, parseRange, type Range } from "./ranges.ts";

const wholeOnly = ["range", "if-modified-since", "if-none-match", "if-range"] as const;

export async function download(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  asked: { readonly path: string; readonly user: User },
): Promise<void> {
  let file: FileHandle | null = null;
  try {
    const shown = resolvePath(agent, asked.path, asked.user);
    const stats = await statFile(realPath(agent, shown), shown);
    const encoding = encodingFor(request);
    // Without waiting: a pipe that took the file's place meanwhile has no writer.
    file = await open(realPath(agent, shown), constants.O_RDONLY | constants.O_NONBLOCK);
    await answer(request, response, { file, stats, encoding, name: posix.basename(shown) });
  } catch (thrown) {
    if (response.headersSent) return void response.destroy();
    const problem = describeProblem(thrown);
    sendProblem(response, problem.status, problem.message);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

async function statFile(real: string, shown: string): Promise<Stats> {
  const stats = await stat(real).catch((cause: unknown) => {
    if (isSystemError(cause, "ENOENT")) throw httpProblem(404, `path '${shown}' does not exist`);
    throw cause;
  });
  if (stats.isDirectory()) throw httpProblem(400, `path '${shown}' is a directory`);
  if (!stats.isFile()) throw httpProblem(400, `path '${shown}' is not a regular file`);
  return stats;
}

function encodingFor(request: IncomingMessage): Encoding {
  const header = request.headers["accept-encoding"];
  const encoding = negotiate(Array.isArray(header) ? header.join(",") : header);
  if (wholeOnly.every((name) => request.headers[name] === undefined)) return encoding;
  if (acceptsIdentity(header)) return "identity";
  throw httpProblem(406, "identity encoding not acceptable for Range or conditional request");
}

interface Found {
  readonly file: FileHandle;
  readonly stats: Stats;
  readonly encoding: Encoding;
  readonly name: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, found: Found): Promise<void> {
  const { file, stats } = found;
  const headers = {
    vary: "Accept-Encoding",
    "content-disposition": disposition(found.name),
    "accept-ranges": "bytes",
    "last-modified": stats.mtime.toUTCString(),
  };
  const described = { ...headers, "content-type": "application/octet-stream" };
  switch (condition(request.headers, stats)) {
    case "not-modified":
      return void response.writeHead(304, headers).end();
    case "failed":
      return void response.writeHead(412, { ...headers, "content-length": 0 }).end();
    case "proceed":
      break;
  }
  if (found.encoding === "gzip") return sendPacked(request, response, { file, headers: described });
  if (stats.size === 0) return sendUnsized(request, response, { file, headers: described });
  const range = parseRange(request.headers, stats);
  if (range === "unsatisfiable") {
    const none = { "content-range": `bytes */${stats.size}`, "content-length": 0 };
    return void response.writeHead(416, { ...headers, ...none }).end();
  }
  await sendSpan(request, response, { file, headers: described, size: stats.size, range });
}

interface Sending {
  readonly file: FileHandle;
  readonly headers: OutgoingHttpHeaders;
}

async function sendSpan(
  request: IncomingMessage,
  response: ServerResponse,
  { file, headers, size, range }: Sending & { readonly size: number; readonly range: Range | null },
): Promise<void> {
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const partial = range === null ? {} : { "content-range": `bytes ${start}-${end}/${size}` };
  const length = { "content-length": end - start + 1 };
  response.writeHead(range === null ? 200 : 206, { ...headers, ...partial, ...length });
  if (request.method === "HEAD") return void response.end();
  await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
}

async function sendPacked(request: IncomingMessage, response: ServerResponse, sending: Sending): Promise<void> {
  response.writeHead(200, { ...sending.headers, "content-encoding": "gzip" });
  if (request.method === "HEAD") return void response.end();
  await pipeline(sending.file.createReadStream({ autoClose: false }), createGzip({ level: 1 }), response);
}

/** An empty file says so with a length; the files of /proc call themselves empty and are not. */
async function sendUnsized(request: IncomingMessage, response: ServerResponse, sending: Sending): Promise<void> {
  const first = Buffer.allocUnsafe(1);
  const { bytesRead } = await sending.file.read(first, 0, 1, 0);
  if (bytesRead === 0) return void response.writeHead(200, { ...sending.headers, "content-length": 0 }).end();
  response.writeHead(200, sending.headers);
  if (request.method === "HEAD") return void response.end();
  await pipeline(sending.file.createReadStream({ start: 0, autoClose: false }), response);
}

/** As Go's mime.FormatMediaType writes it: a token bare, other ASCII quoted, the rest percent-encoded. */
function disposition(name: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `inline; filename=${name}`;
  if (/^[\x20-\x7e]*$/.test(name)) return `inline; filename="${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  const encoded = Buffer.from(name).reduce((text, byte) => {
    const letter = String.fromCharCode(byte);
    return text + (/[\w!#$&+.^`|~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);
  }, "");
  return `inline; filename*=utf-8''${encoded}`;
}
