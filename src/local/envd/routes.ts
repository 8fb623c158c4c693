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

const streamingCalls: Readonly<Record<string, Streaming>> = {
  "/process.Process/Start": startProcess,
  "/process.Process/Connect": connectProcess,
  "/filesystem.Filesystem/WatchDir": watchDir,
};

export async function route(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://envd");
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
  const unary = unaryCalls[path];
  if (unary !== undefined) return callUnary(agent, request, response, unary);
  const streaming = streamingCalls[path];
  if (streaming !== undefined) return callStreaming(agent, request, response, streaming);
  if (/^\/(process\.Process|filesystem\.Filesystem)\//.test(path)) {
    return sendUnaryProblem(response, rpcError("unimplemented", `${path} is not supported by this local sandbox`));
  }
  sendProblem(response, 404, "not found");
}

async function callUnary(agent: Agent, request: IncomingMessage, response: ServerResponse, call: Unary): Promise<void> {
  try {
    sendUnary(response, await call(agent, request, parseMessage((await readBody(request)).toString("utf8"))));
  } catch (thrown) {
    sendUnaryProblem(response, thrown);
  }
}

async function callStreaming(
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  call: Streaming,
): Promise<void> {
  if (request.headers["content-type"] !== "application/connect+json") {
    response.writeHead(415, { "accept-post": "application/connect+json", "content-length": 0 }).end();
    return;
  }
  const body = await readBody(request).catch((thrown: unknown) => toProblem(thrown));
  const isProcess = request.url?.startsWith("/process.") === true;
  const keepalive = isProcess ? { event: { keepalive: {} } } : { keepalive: {} };
  const stream = openStream(request, response, { clock: agent.clock, keepalive });
  if (!Buffer.isBuffer(body)) return stream.end(body);
  try {
    await call(agent, request, openEnvelope(body), stream);
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
