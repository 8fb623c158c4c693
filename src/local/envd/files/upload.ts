// POST /files: one octet-stream, or several files as multipart form data. What was stored before a failure stays.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { sendJson, sendProblem } from "../http-answer.ts";
import { resolvePath } from "../paths.ts";
import type { User } from "../users.ts";
import { bodyEncoding } from "./encoding.ts";
import { describeProblem, doing, httpProblem } from "./file-problem.ts";
import { metadataOf } from "./metadata.ts";
import { eachPart, type Part } from "./multipart.ts";
import { storeFile, type Upload } from "./store.ts";

interface Asked {
  readonly path: string | null;
  readonly user: User;
}

export async function upload(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
): Promise<void> {
  try {
    sendJson(response, 200, await storeBody(agent, request, asked));
  } catch (thrown) {
    const problem = describeProblem(thrown);
    sendProblem(response, problem.status, problem.message);
    // What the client still sends has no reader any more.
    request.unpipe();
    request.resume();
  }
}

async function storeBody(agent: Agent, request: IncomingMessage, asked: Asked): Promise<Message[]> {
  const type = request.headers["content-type"] ?? "";
  const media = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isStream = media === "application/octet-stream";
  if (!isStream && !media.startsWith("multipart/")) {
    const expected = "expected multipart/form-data or application/octet-stream";
    throw httpProblem(400, `unsupported content type: ${type}, ${expected}`);
  }
  const announcedBytes = Number(request.headers["content-length"] ?? 0) || 0;
  const common = { user: asked.user, metadata: metadataOf(request), announcedBytes };
  const body = decoded(request);
  if (isStream) {
    if (asked.path === null) throw httpProblem(400, "path query parameter is required for raw body upload");
    return [await storeFile(agent, { ...common, body, path: resolvePath(agent, asked.path, asked.user) })];
  }
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(type);
  const found = boundary?.[1] ?? boundary?.[2];
  if (found === undefined) throw httpProblem(500, "error parsing multipart form: no multipart boundary param");
  return storeParts(agent, { body, boundary: found, asked, common });
}

async function storeParts(
  agent: Agent,
  form: {
    readonly body: Readable;
    readonly boundary: string;
    readonly asked: Asked;
    readonly common: Pick<Upload, "user" | "metadata" | "announcedBytes">;
  },
): Promise<Message[]> {
  const stored: Message[] = [];
  const take = async (part: Part, content: Readable): Promise<void> => {
    if (part.name !== "file") return void content.resume();
    const name = form.asked.path ?? part.fileName;
    if (name === undefined) {
      const problem = "filename not found in Content-Disposition header";
      throw httpProblem(400, `error getting multipart custom part file name: ${problem}`);
    }
    const path = resolvePath(agent, name, form.asked.user);
    if (stored.some((entry) => entry.path === path)) throw httpProblem(400, uploadedTwice(path, stored));
    stored.push(await storeFile(agent, { ...form.common, body: content, path }));
  };
  await doing("error reading form", eachPart(form.body, form.boundary, take));
  return stored;
}

function uploadedTwice(path: string, stored: readonly Message[]): string {
  const others = stored.map((entry) => entry.path).filter((other) => other !== path);
  const also = others.length > 1 ? `, also the following files were uploaded: ${others.join(", ")}` : "";
  const rule = `you cannot upload multiple files to the same path '${path}' in one upload request`;
  return `${rule}, only the first specified file was uploaded${also}`;
}

function decoded(request: IncomingMessage): Readable {
  if (bodyEncoding(request.headers["content-encoding"]) === "identity") return request;
  const gunzip = createGunzip();
  // It may fail before its reader has come; the reader learns of it all the same.
  gunzip.on("error", () => undefined);
  request.on("error", (cause) => gunzip.destroy(cause));
  return request.pipe(gunzip);
}
