// envd's wire as a client without an SDK speaks it: for what the SDK cannot send, or hides from its caller.
import { E2B, Sandbox } from "e2b/dist/index.mjs";
import type { Local } from "../harness.ts";

export interface EntryWire {
  readonly name: string;
  readonly type: string;
  readonly path: string;
  readonly size: string;
  readonly mode: number;
  readonly permissions: string;
  readonly owner: string;
  readonly symlinkTarget?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Every field of every unary answer: a test reads those of the call it made. */
export interface AnswerWire {
  readonly code: string;
  readonly message: string;
  readonly entry: EntryWire;
  readonly entries: readonly EntryWire[];
  readonly events: readonly { readonly name: string; readonly type: string; readonly entry?: EntryWire }[];
  readonly watcherId: string;
  readonly processes: readonly { readonly tag?: string }[];
}

export interface MessageWire {
  readonly event: {
    readonly start: { readonly pid: number };
    readonly data: { readonly stdout: string; readonly stderr: string; readonly pty: string };
    readonly end: unknown;
    readonly keepalive?: unknown;
  };
  readonly error: { readonly code: string; readonly message: string };
}

export interface FrameWire {
  readonly flag: number;
  readonly message: MessageWire;
}

export interface Raw {
  readonly sandbox: Sandbox;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** A unary call: status and parsed answer. */
  unary(
    method: string,
    message: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: AnswerWire }>;
  /** A streaming call, read to its end: every envelope's flag and message. */
  stream(method: string, body: Buffer, headers?: Record<string, string>): Promise<FrameWire[]>;
}

export function envelope(message: unknown, flag = 0): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

export function rawOf(local: Local, sandbox: Sandbox, token: string): Raw {
  const own = { "e2b-sandbox-id": sandbox.sandboxId, "e2b-sandbox-port": "49983", "x-access-token": token };
  const request: Raw["request"] = async (path, init = {}) =>
    fetch(`${local.server.url}${path}`, {
      ...init,
      headers: { ...own, ...Object.fromEntries(new Headers(init.headers)) },
    });
  return {
    sandbox,
    request,
    async unary(method, message, headers = {}) {
      const answer = await request(`/${method}`, {
        method: "POST",
        body: JSON.stringify(message),
        headers: { "content-type": "application/json", ...headers },
      });
      return { status: answer.status, body: (await answer.json()) as AnswerWire };
    },
    async stream(method, body, headers = {}) {
      const answer = await request(`/${method}`, {
        method: "POST",
        body: new Uint8Array(body),
        headers: { "content-type": "application/connect+json", ...headers },
      });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      return split(Buffer.from(await answer.arrayBuffer()));
    },
  };
}

function split(bytes: Buffer): FrameWire[] {
  const found: FrameWire[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 1);
    const message = JSON.parse(bytes.toString("utf8", at + 5, at + 5 + length)) as MessageWire;
    found.push({ flag: bytes[at] ?? 0, message });
    at += 5 + length;
  }
  return found;
}

/** Creates a secured sandbox the way the SDK's client does, and keeps its token. */
export async function openRaw(local: Local): Promise<Raw> {
  const sandbox = await new E2B(local.options).Sandbox.create("base", {});
  const answer = await fetch(`${local.server.url}/sandboxes/${sandbox.sandboxId}`, {
    headers: { "x-api-key": local.options.apiKey },
  });
  const { envdAccessToken } = (await answer.json()) as { envdAccessToken: string };
  return rawOf(local, sandbox, envdAccessToken);
}
