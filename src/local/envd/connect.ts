// Connect protocol, JSON codec, by hand: unary calls and server streams. Measured at a few dozen lines against a library
// whose import alone would double the agent's start time.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord } from "../../contracts/json.ts";
import type { Cancel, Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import { readUpTo } from "../read-body.ts";
import { rpcError, rpcStatus, toProblem, type RpcProblem } from "./rpc-error.ts";

const dataFlag = 0;
const endFlag = 2;
const headerBytes = 5;
const defaultKeepaliveSeconds = 90;
const maxKeepaliveSeconds = 3600;
const maxTimerMs = 2 ** 31 - 1;

export type Message = Readonly<Record<string, unknown>>;

/** One open server stream. `send` returns false while the client is slower than we are. */
export interface EventStream {
  send(message: Message): boolean;
  end(problem?: RpcProblem): void;
  /** Called once, when the client is gone or the stream has ended. */
  onClose(call: () => void): void;
  onDrain(call: () => void): void;
  /** What the client has not taken yet. */
  backlogBytes(): number;
  readonly closed: boolean;
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readUpTo(request, limits.callBodyBytes);
  if (bytes !== null) return bytes;
  throw rpcError("resource_exhausted", `request is larger than ${limits.callBodyBytes} bytes`);
}

export function parseMessage(text: string): Message {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw rpcError("invalid_argument", "request is not JSON");
  }
  if (!isRecord(value)) throw rpcError("invalid_argument", "request is not a JSON object");
  return value;
}

/** The single envelope of a server-streaming request. */
export function openEnvelope(body: Buffer): Message {
  const found = takeEnvelope(body);
  if (found === null) throw rpcError("invalid_argument", "request envelope is incomplete");
  return found.message;
}

/** The first envelope of what has arrived, and what follows it; null while it is not all there. */
export function takeEnvelope(held: Buffer): { readonly message: Message; readonly rest: Buffer } | null {
  if (held.length < headerBytes) return null;
  const length = held.readUInt32BE(1);
  if ((held[0] ?? 0) !== dataFlag) throw rpcError("unimplemented", "compressed envelopes are not supported");
  if (length > limits.callBodyBytes)
    throw rpcError(
      "resource_exhausted",
      `message size ${length} is larger than configured max ${limits.callBodyBytes}`,
    );
  const end = headerBytes + length;
  if (held.length < end) return null;
  return { message: parseMessage(held.subarray(headerBytes, end).toString("utf8")), rest: held.subarray(end) };
}

export function sendUnary(response: ServerResponse, message: Message): void {
  const body = Buffer.from(JSON.stringify(message));
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

export function sendUnaryProblem(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.destroy();
  const problem = toProblem(thrown);
  const body = Buffer.from(JSON.stringify(problem));
  response.writeHead(rpcStatus[problem.code], { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

/** The client's `Connect-Timeout-Ms`; null when it sets none. */
export function timeLimit(request: IncomingMessage): number | null {
  const text = request.headers["connect-timeout-ms"];
  if (text === undefined || text === "") return null;
  const ms = typeof text === "string" && /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(ms)) throw rpcError("invalid_argument", `protocol error: invalid timeout: ${String(text)}`);
  return ms === 0 ? null : Math.min(ms, maxTimerMs);
}

/** Ends the stream, and nothing else, when the client's time is over. */
export function endAfter(clock: Clock, stream: EventStream, ms: number): void {
  const late = { code: "deadline_exceeded", message: "context deadline exceeded" } as const;
  stream.onClose(clock.after(ms, () => stream.end(late)));
}

/** Answers 200 at once and keeps the stream alive with empty events while nothing else is sent. */
export function openStream(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly clock: Clock; readonly keepalive: Message },
): EventStream {
  const { clock } = options;
  response.writeHead(200, { "content-type": "application/connect+json" });
  response.flushHeaders();
  let closed = false;
  let lastNs = clock.monotonicNs();
  const closers: (() => void)[] = [];
  const close = (): void => {
    if (closed) return;
    closed = true;
    cancelKeepalive();
    for (const call of closers) call();
  };
  const send = (message: Message): boolean => {
    if (closed) return true;
    lastNs = clock.monotonicNs();
    return response.write(envelope(dataFlag, message));
  };
  const cancelKeepalive = keepAlive(request, clock, {
    idleNs: () => clock.monotonicNs() - lastNs,
    send: () => send(options.keepalive),
  });
  response.on("close", close);
  response.on("error", close);
  return {
    send,
    end(problem) {
      if (closed) return;
      response.end(envelope(endFlag, problem === undefined ? {} : { error: { ...problem } }));
      close();
    },
    onClose: (call) => (closed ? call() : void closers.push(call)),
    onDrain: (call) => void response.on("drain", call),
    backlogBytes: () => response.writableLength,
    get closed() {
      return closed;
    },
  };
}

/** One event after each period in which nothing else was sent. */
function keepAlive(
  request: IncomingMessage,
  clock: Clock,
  stream: { readonly idleNs: () => bigint; readonly send: () => void },
): Cancel {
  const asked = Number(request.headers["keepalive-ping-interval"]);
  const seconds = Number.isFinite(asked) && asked > 0 ? Math.min(asked, maxKeepaliveSeconds) : defaultKeepaliveSeconds;
  const periodMs = seconds * 1000;
  const wait = (ms: number): Cancel =>
    clock.after(ms, () => {
      const leftMs = periodMs - Number(stream.idleNs() / 1_000_000n);
      if (leftMs <= 0) stream.send();
      cancel = wait(leftMs <= 0 ? periodMs : leftMs);
    });
  let cancel = wait(periodMs);
  return () => cancel();
}

function envelope(flag: number, message: Message): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.allocUnsafe(headerBytes);
  header[0] = flag;
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}
