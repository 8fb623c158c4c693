// E2B's wire by hand: as little client as possible, so that what is measured is the server. An answer with another status
// than the expected one is an error, never a fast sample.
import { Agent, request } from "node:http";
import { isRecord } from "../../src/contracts/json.ts";

export interface Target {
  readonly url: string;
  readonly apiKey: string;
}

export interface Sandbox {
  readonly target: Target;
  readonly id: string;
  readonly token: string;
}

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Statuses that count as done. */
  readonly expect: readonly number[];
}

const keptMessageBytes = 200;
const waitMs = 60_000;

export interface Client {
  call(url: string, call: Call): Promise<Buffer>;
  close(): void;
}

export function openClient(): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, noDelay: true });
  return {
    close: () => agent.destroy(),
    call: async (url, call) =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${url}${call.path}`, {
          agent,
          method: call.method,
          timeout: waitMs,
          headers: { ...call.headers, ...(call.body === undefined ? {} : { "content-length": call.body.length }) },
        });
        outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer to ${call.method} ${call.path}`)));
        outgoing.once("error", reject);
        outgoing.once("response", (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.once("error", reject);
          incoming.once("end", () => {
            const body = Buffer.concat(chunks);
            const status = incoming.statusCode ?? 0;
            if (call.expect.includes(status)) return resolve(body);
            const said = body.toString("utf8").slice(0, keptMessageBytes);
            reject(new Error(`${call.method} ${call.path} answered ${status}: ${said}`));
          });
        });
        outgoing.end(call.body);
      }),
  };
}

export function json(value: unknown): Pick<Call, "body" | "headers"> {
  return { body: Buffer.from(JSON.stringify(value)), headers: { "content-type": "application/json" } };
}

const envelopeBytes = 5;

function enveloped(value: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(envelopeBytes);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function control(target: Target): Readonly<Record<string, string>> {
  return { "x-api-key": target.apiKey, "content-type": "application/json" };
}

function inside(sandbox: Sandbox): Readonly<Record<string, string>> {
  return { "e2b-sandbox-id": sandbox.id, "e2b-sandbox-port": "49983", "x-access-token": sandbox.token };
}

export async function create(client: Client, target: Target): Promise<Sandbox> {
  const body = Buffer.from(JSON.stringify({ templateID: "base", timeout: 600 }));
  const path = "/v2/sandboxes";
  const answer = await client.call(target.url, {
    method: "POST",
    path,
    headers: control(target),
    body,
    expect: [201],
  });
  const value: unknown = JSON.parse(answer.toString("utf8"));
  if (!isRecord(value) || typeof value.sandboxID !== "string" || typeof value.envdAccessToken !== "string") {
    throw new Error("create answered no sandbox");
  }
  return { target, id: value.sandboxID, token: value.envdAccessToken };
}

export async function info(client: Client, { target, id }: Sandbox): Promise<void> {
  await client.call(target.url, { method: "GET", path: `/sandboxes/${id}`, headers: control(target), expect: [200] });
}

export async function kill(client: Client, { target, id }: Sandbox): Promise<void> {
  const path = `/sandboxes/${id}`;
  await client.call(target.url, { method: "DELETE", path, headers: control(target), expect: [204] });
}

/** `connect` answers 200 for a running sandbox, 201 when it resumed a paused one. */
export async function pauseOrResume(client: Client, sandbox: Sandbox, what: "pause" | "resume"): Promise<void> {
  const { target, id } = sandbox;
  const path = what === "pause" ? `/sandboxes/${id}/pause` : `/v2/sandboxes/${id}/connect`;
  const body = Buffer.from(what === "pause" ? "{}" : JSON.stringify({ timeout: 600 }));
  const expect = [what === "pause" ? 204 : 201];
  await client.call(target.url, { method: "POST", path, headers: control(target), body, expect });
}

/** Runs one command as the SDK does and returns the bytes of its answer stream. */
export async function run(client: Client, sandbox: Sandbox, command: string): Promise<Buffer> {
  const start = { process: { cmd: "/bin/bash", args: ["-l", "-c", command], envs: {} }, stdin: false };
  const headers = { ...inside(sandbox), "content-type": "application/connect+json", "connect-protocol-version": "1" };
  const path = "/process.Process/Start";
  const answer = await client.call(sandbox.target.url, {
    method: "POST",
    path,
    headers,
    body: enveloped(start),
    expect: [200],
  });
  // Base64 of "exit status 0" is not needed: the end event says it in clear text.
  if (!answer.includes('"exit status 0"')) throw new Error(`the command failed: ${answer.toString("utf8", 0, 200)}`);
  return answer;
}

export async function write(client: Client, sandbox: Sandbox, path: string, body: Buffer): Promise<void> {
  const headers = { ...inside(sandbox), "content-type": "application/octet-stream" };
  const query = `/files?path=${encodeURIComponent(path)}`;
  await client.call(sandbox.target.url, { method: "POST", path: query, headers, body, expect: [200] });
}

export async function read(client: Client, sandbox: Sandbox, path: string): Promise<Buffer> {
  const query = `/files?path=${encodeURIComponent(path)}`;
  return client.call(sandbox.target.url, { method: "GET", path: query, headers: inside(sandbox), expect: [200] });
}
