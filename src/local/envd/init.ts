// POST /init: the host tells a waiting agent whose sandbox it is now. Only the host knows the secret.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord } from "../../contracts/json.ts";
import { sameSecret } from "../signature.ts";
import { secretHeader } from "../limits.ts";
import type { Agent, SandboxSize } from "./agent.ts";
import { parseMessage, readBody, type Message } from "./connect.ts";
import { sendEmpty, sendProblem } from "./http-answer.ts";
import { toProblem } from "./rpc-error.ts";

export async function init(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = request.headers[secretHeader];
  if (typeof sent !== "string" || !sameSecret(sent, agent.config.secret))
    return sendProblem(response, 404, "not found");
  let message: Message;
  try {
    message = parseMessage((await readBody(request)).toString("utf8"));
  } catch (thrown) {
    return sendProblem(response, 400, toProblem(thrown).message);
  }
  const { tenant } = agent;
  if (isRecord(message.envVars)) tenant.envVars = strings(message.envVars);
  // A missing token opens the sandbox.
  tenant.accessToken = isText(message.accessToken) ? message.accessToken : null;
  if (isText(message.defaultUser)) tenant.defaultUser = message.defaultUser;
  if (isText(message.defaultWorkdir)) tenant.defaultWorkdir = message.defaultWorkdir;
  if (isRecord(message.limits)) tenant.limits = { ...tenant.limits, ...numbers(message.limits) };
  sendEmpty(response);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Sizes of this sandbox where they differ from the usual ones. */
function numbers({ cpuCount, memoryMb, diskMb }: Readonly<Record<string, unknown>>): Partial<SandboxSize> {
  return {
    ...(typeof cpuCount === "number" ? { cpuCount } : {}),
    ...(typeof memoryMb === "number" ? { memoryMb } : {}),
    ...(typeof diskMb === "number" ? { diskMb } : {}),
  };
}

function strings(value: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
