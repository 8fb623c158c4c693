// Answers of the plain HTTP routes: JSON with the status repeated in the body, as envd sends them.
import type { ServerResponse } from "node:http";

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return void response.destroy();
  const body = Buffer.from(JSON.stringify(value));
  const type = "application/json; charset=utf-8";
  // Answers carry secrets and live state: nothing on the way may keep or reinterpret them.
  const guard = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  response.writeHead(status, { "content-type": type, "content-length": body.length, ...guard });
  response.end(body);
}

export function sendProblem(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { code, message });
}

export function sendEmpty(response: ServerResponse): void {
  response.writeHead(204).end();
}
