// POST /init: the host tells a waiting agent whose sandbox it is now. Only the host knows the secret.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord } from "../../contracts/json.ts";
import { sameSecret } from "../signature.ts";
import { secretHeader } from "../limits.ts";
import type { Agent } from "./agent.ts";
import { parseMessage, readBody } from "./connect.ts";
import { sendEmpty, sendProblem } from "./http-answer.ts";


export async function init(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = request.headers[secretHeader];
  if (typeof sent !== "string" || !sameSecret(sent, agent.config.secret)) return sendProblem(response, 404, "not found");
  const message = parseMessage((await readBody(request)).toString("utf8"));
  const { tenant } = agent;
  tenant.envVars = strings(message.envVars);
  tenant.accessToken = typeof message.accessToken === "string" ? message.accessToken : null;
  if (typeof message.defaultUser === "string") tenant.defaultUser = message.defaultUser;
  if (typeof message.defaultWorkdir === "string") tenant.defaultWorkdir = message.defaultWorkdir;
  sendEmpty(response);
}

function strings(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
