// Answers of the plain HTTP routes: JSON with the status repeated in the body, as envd sends them.
import type { ServerResponse } from "node:http";

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return void response.destroy();
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

export function sendProblem(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { code, message });
}

export function sendEmpty(response: ServerResponse): void {
  response.writeHead(204).end();
}
