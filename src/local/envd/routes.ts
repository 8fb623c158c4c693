// Every path of envd, in the order a request meets them: internal, token, files, metrics, calls.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Agent } from "./agent.ts";
import { refusal } from "./authority.ts";
import {
  openEnvelope,
  openStream,
  parseMessage,
  readBody,
  sendUnary,
  sendUnaryProblem,
  type EventStream,
  type Message,
} from "./connect.ts";
import { listDir, makeDir, move, remove, statEntry } from "./filesystem/calls.ts";
import { createWatcher, getWatcherEvents, removeWatcher, watchDir } from "./filesystem/watch-calls.ts";
import { compose } from "./files/compose.ts";
import { download } from "./files/download.ts";
import { describeProblem } from "./files/file-problem.ts";
import { userNamed } from "./files/file-user.ts";
import { upload } from "./files/upload.ts";
import { sendEmpty, sendJson, sendProblem } from "./http-answer.ts";
import { init } from "./init.ts";
import { readMetrics } from "./metrics.ts";
import { closeStdin, connectProcess, listProcesses, sendInput, sendSignal, updateProcess } from "./process/calls.ts";
import { startProcess } from "./process/start.ts";
import { streamInput } from "./process/stream-input.ts";
import { rpcError, toProblem } from "./rpc-error.ts";

type Unary = (agent: Agent, request: IncomingMessage, message: Message) => Promise<Message> | Message;
type Streaming = (
  agent: Agent,
  request: IncomingMessage,
  message: Message,
  stream: EventStream,
) => Promise<void> | void;

const unaryCalls: Readonly<Record<string, Unary>> = {
  "/process.Process/List": (agent) => listProcesses(agent),
  "/process.Process/SendInput": async (agent, _, message) => sendInput(agent, message),
  "/process.Process/CloseStdin": (agent, _, message) => closeStdin(agent, message),
  "/process.Process/Update": async (agent, _, message) => updateProcess(agent, message),
  "/process.Process/SendSignal": async (agent, _, message) => sendSignal(agent, message),
  "/filesystem.Filesystem/Stat": statEntry,
  "/filesystem.Filesystem/MakeDir": makeDir,
  "/filesystem.Filesystem/Move": move,
  "/filesystem.Filesystem/ListDir": listDir,
  "/filesystem.Filesystem/Remove": remove,
  "/filesystem.Filesystem/CreateWatcher": createWatcher,
  "/filesystem.Filesystem/GetWatcherEvents": async (agent, _, message) => getWatcherEvents(agent, message),
  "/filesystem.Filesystem/RemoveWatcher": (agent, _, message) => removeWatcher(agent, message),
};

const unaryType = "application/json";
const streamType = "application/connect+json";
const streamInputPath = "/process.Process/StreamInput";

const streamingCalls: Readonly<Record<string, Streaming>> = {
  "/process.Process/Start": startProcess,
  "/process.Process/Connect": connectProcess,
  "/filesystem.Filesystem/WatchDir": watchDir,
};

export async function route(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseTarget(request.url);
  if (url === null) return sendProblem(response, 400, "request target is not a path");
  const path = url.pathname;
  if (path === "/health") return sendEmpty(response);
  if (path === "/init") return init(agent, request, response);
  const refused = refusal(agent, request, url);
  if (refused !== null) {
    request.resume();
    return sendProblem(response, 401, refused);
  }
  if (path === "/files") return files(agent, request, response, url);
  if (path === "/files/compose" && request.method === "POST") return compose(agent, request, response);
  if (path === "/metrics") return sendJson(response, 200, await readMetrics(agent));
  if (path === "/envs") return sendJson(response, 200, agent.tenant.envVars);
  if (/^\/(process\.Process|filesystem\.Filesystem)\//.test(path)) return call(agent, request, response, path);
  request.resume();
  sendProblem(response, 404, "not found");
}

function parseTarget(target: string | undefined): URL | null {
  if (target?.startsWith("/") !== true) return null;
  try {
    return new URL(`http://envd${target}`);
  } catch {
    return null;
  }
}

/** Connect, JSON codec: one message each way, or envelopes. The content type says which, and must fit the method. */
async function call(agent: Agent, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const isUnary = path in unaryCalls;
  const wanted = isUnary ? unaryType : streamType;
  const sent = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  const isKnown = isUnary || path in streamingCalls || path === streamInputPath;
  if (!isKnown) {
    request.resume();
    const problem = rpcError("unimplemented", `${path} is not supported by this local sandbox`);
    if (sent !== streamType) return sendUnaryProblem(response, problem);
    return openStream(request, response, { clock: agent.clock, keepalive: {} }).end(toProblem(problem));
  }
  if (request.method !== "POST" || sent !== wanted) {
    request.resume();
    const refusal = request.method === "POST" ? { "accept-post": wanted } : { allow: "POST" };
    return void response.writeHead(request.method === "POST" ? 415 : 405, { ...refusal, "content-length": 0 }).end();
  }
  const unary = unaryCalls[path];
  if (unary !== undefined) return callUnary(agent, request, response, unary);
  return callStreaming(agent, request, response, path);
}

async function callUnary(agent: Agent, request: IncomingMessage, response: ServerResponse, run: Unary): Promise<void> {
  try {
    sendUnary(response, await run(agent, request, parseMessage((await readBody(request)).toString("utf8"))));
  } catch (thrown) {
    sendUnaryProblem(response, thrown);
  }
}

async function callStreaming(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const isProcess = path.startsWith("/process.");
  const options = { clock: agent.clock, keepalive: isProcess ? { event: { keepalive: {} } } : { keepalive: {} } };
  if (path === streamInputPath) {
    const problem = await streamInput(agent, request).then(() => null, toProblem);
    request.resume();
    const stream = openStream(request, response, options);
    if (problem === null) stream.send({});
    return stream.end(problem ?? undefined);
  }
  const body = await readBody(request).catch((thrown: unknown) => toProblem(thrown));
  const stream = openStream(request, response, options);
  if (!Buffer.isBuffer(body)) return stream.end(body);
  try {
    await streamingCalls[path]?.(agent, request, openEnvelope(body), stream);
  } catch (thrown) {
    stream.end(toProblem(thrown));
  }
}

async function files(agent: Agent, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const path = url.searchParams.get("path");
  let user;
  try {
    user = userNamed(agent, url.searchParams.get("username"));
  } catch (thrown) {
    const problem = describeProblem(thrown);
    request.resume();
    return sendProblem(response, problem.status, problem.message);
  }
  if (request.method === "POST") return upload(agent, request, response, { path, user });
  if (request.method !== "GET" && request.method !== "HEAD") return sendProblem(response, 405, "method not allowed");
  return download(agent, request, response, { path: path ?? "", user });
}
