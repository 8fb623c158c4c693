// The content API under /volumecontent: its own bearer token per volume, streamed bodies, errors whose code is a text.
import { breakOff, type ServedRequest, type ServedResponse } from "../served.ts";
import { pipeline } from "node:stream/promises";
import { send, readObject } from "../answer.ts";
import { sameSecret } from "../signature.ts";
import type { Given } from "./entry.ts";
import {
  changePath,
  listFolder,
  makeFolder,
  openToRead,
  removePath,
  statPath,
  writeFile,
  type Opened,
} from "./operations.ts";
import { toVolumeProblem, volumeFailure, volumeStatus, type VolumeProblem } from "./problem.ts";
import type { VolumeStore } from "./store.ts";

const contentPattern = /^\/volumecontent\/([^/]+)\/(path|dir|file)$/;
const maxId = 2 ** 32 - 1;

export function isVolumeContentPath(path: string): boolean {
  return path.startsWith("/volumecontent/");
}

export async function answerVolumeContent(
  store: VolumeStore,
  request: ServedRequest,
  response: ServedResponse,
  url: URL,
): Promise<void> {
  const path = url.searchParams.get("path") ?? "";
  try {
    const match = contentPattern.exec(url.pathname);
    const volume = match?.[1] === undefined ? undefined : store.get(match[1]);
    // Whether a volume exists is not told to somebody without its token.
    const sent = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (volume === undefined || !sameSecret(sent, volume.token))
      throw volumeFailure("unauthorized", "Invalid volume token: it is not the token of this volume");
    if (path === "") throw volumeFailure("invalid_request", "query parameter 'path' is missing");
    await carryOut({ volume, ids: store.ids, path }, `${request.method} ${match?.[2]}`, { request, response, url });
  } catch (thrown) {
    request.resume();
    sendProblem(response, toVolumeProblem(thrown, path));
  }
}

interface Exchange {
  readonly request: ServedRequest;
  readonly response: ServedResponse;
  readonly url: URL;
}

async function carryOut(opened: Opened, what: string, { request, response, url }: Exchange): Promise<void> {
  const query = url.searchParams;
  const force = query.get("force") === "true";
  switch (what) {
    case "GET path":
      return send(response, { status: 200, body: await statPath(opened) });
    case "PATCH path": {
      const body = await readObject(request);
      if (body === null) throw volumeFailure("invalid_request", "the body is not a JSON object of acceptable size");
      return send(response, {
        status: 200,
        body: await changePath(
          opened,
          givenBy((name) => body[name]),
        ),
      });
    }
    case "DELETE path":
      await removePath(opened);
      return send(response, { status: 204 });
    case "GET dir":
      return send(response, { status: 200, body: await listFolder(opened, number(query.get("depth"), "depth") ?? 1) });
    case "POST dir": {
      const given = givenBy((name) => query.get(name));
      return send(response, { status: 201, body: await makeFolder(opened, given, force) });
    }
    case "GET file":
      return download(opened, response);
    case "PUT file": {
      const given = givenBy((name) => query.get(name));
      return send(response, { status: 201, body: await writeFile(opened, request, { given, force }) });
    }
    default:
      throw volumeFailure("invalid_request", `the volume content API has no ${what}`);
  }
}

async function download(opened: Opened, response: ServedResponse): Promise<void> {
  const { handle, size } = await openToRead(opened);
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
  if (size === 0) {
    response.end();
    return handle.close();
  }
  // No more than was announced, even while somebody appends; less breaks the connection.
  const stream = handle.createReadStream({ start: 0, end: size - 1 });
  await pipeline(stream, response).catch(() => breakOff(response));
}

function givenBy(value: (name: string) => unknown): Given {
  const read = (name: string): number | undefined => number(value(name), name);
  return { uid: read("uid"), gid: read("gid"), mode: read("mode") };
}

function number(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const parsed = typeof value === "number" ? value : Number(value);
  if (Number.isSafeInteger(parsed) && parsed >= 0 && parsed <= maxId) return parsed;
  throw volumeFailure("invalid_request", `${name} must be a whole number`);
}

function sendProblem(response: ServedResponse, problem: VolumeProblem): void {
  send(response, { status: volumeStatus[problem.code], body: { ...problem } });
}
