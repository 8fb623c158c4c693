// How the host answers: JSON, the status repeated as `code` in the body because the SDK reads it there.
import { isRecord } from "../contracts/json.ts";
import { limits } from "./limits.ts";
import { readUpTo } from "./read-body.ts";
import type { ServedRequest, ServedResponse } from "./served.ts";

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { code: status, message }, headers };
}

export function send(response: ServedResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) {
    // An empty answer other than 204 must say so, or openapi-fetch waits for JSON.
    if (answer.status !== 204) response.setHeader("content-length", 0);
    response.writeHead(answer.status).end();
    return;
  }
  const text = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}

/** The JSON object of a request body; an empty body is `{}`. Null when it is none, or too large. */
export async function readObject(request: ServedRequest): Promise<Readonly<Record<string, unknown>> | null> {
  const bytes = await readUpTo(request, limits.controlBodyBytes);
  if (bytes === null) return null;
  const text = bytes.toString("utf8").trim();
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
