// POST /files: one octet-stream, or several files as multipart form data.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { sendJson, sendProblem } from "../http-answer.ts";
import { rpcError, toProblem } from "../rpc-error.ts";
import type { User } from "../users.ts";
import { eachPart } from "./multipart.ts";
import { storeFile } from "./store.ts";

export async function upload(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  asked: { readonly path: string | null; readonly user: User },
): Promise<void> {
  if (Object.keys(request.headers).some((name) => name.startsWith("x-metadata-"))) {
    return sendProblem(response, 501, "file metadata is not supported by this local sandbox");
  }
  try {
    sendJson(response, 200, await storeBody(agent, request, asked));
  } catch (thrown) {
    const problem = toProblem(thrown);
    const full = problem.code === "resource_exhausted";
    const status = full ? 507 : problem.code === "internal" ? 500 : 400;
    sendProblem(response, status, full ? "not enough disk space available" : problem.message);
    // What the client still sends has no reader any more.
    request.resume();
  }
}

async function storeBody(
  agent: Agent,
  request: IncomingMessage,
  asked: { readonly path: string | null; readonly user: User },
): Promise<Message[]> {
  const type = request.headers["content-type"] ?? "";
  const body = decoded(request);
  if (type.startsWith("application/octet-stream")) {
    if (asked.path === null) throw rpcError("invalid_argument", "query parameter 'path' is missing");
    return [await storeFile(agent, asked.path, asked.user, body)];
  }
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) throw rpcError("invalid_argument", `content type '${type}' is not supported`);
  const stored: Message[] = [];
  const seen = new Set<unknown>();
  await eachPart(body, boundary, async (part, content) => {
    if (part.name !== "file") return void content.resume();
    const path = asked.path ?? part.fileName;
    if (path === undefined || path === "") throw rpcError("invalid_argument", "a file has neither path nor filename");
    const entry = await storeFile(agent, path, asked.user, content);
    if (seen.has(entry.path)) throw rpcError("invalid_argument", `path '${path}' was uploaded twice`);
    seen.add(entry.path);
    stored.push(entry);
  });
  if (stored.length === 0) throw rpcError("invalid_argument", "the request holds no file");
  return stored;
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return request;
  if (encoding !== "gzip") throw rpcError("invalid_argument", `content encoding '${encoding}' is not supported`);
  const gunzip = createGunzip();
  request.on("error", (cause) => gunzip.destroy(cause));
  return request.pipe(gunzip);
}
