// One request passed on to the worker over its socket, and the answer streamed back. A worker that dies in between is followed
// by the next one for requests that only look; others end with an error in the form their stream already has.
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Admitted } from "../http/gate.ts";
import { refuse } from "../http/refusals.ts";
import { accessHeader } from "../http/worker-socket.ts";
import { interruptedAnswer, mayRepeat, repeated, type Message } from "./interrupted.ts";

const passedOn = [
  "accept",
  "content-type",
  "last-event-id",
  "mcp-protocol-version",
  "mcp-session-id",
  "mcp-method",
  "mcp-name",
];
const skippedBack = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** Resolves with the socket of a worker that is there, and is not the one at `dead`. */
type Place = (dead: string | null) => Promise<string>;

export async function forward(request: Request, admitted: Admitted, place: Place): Promise<Response> {
  const { message } = admitted;
  const asks = message !== null && "method" in message && "id" in message ? message : null;
  const mayAgain = message === null || mayRepeat(message);
  // A stream that is resumed says what was seen last: asked again it would tell from there once more. Its client comes back.
  const mayGoOn = mayAgain && !request.headers.has("last-event-id");
  const first = await place(null).catch(() => null);
  if (first === null) return cutOff(null);
  const again = async (): Promise<IncomingMessage> => {
    const second = message === null ? null : repeated(message);
    return call(await place(first), request, { ...admitted, message: second });
  };
  try {
    const answer = await call(first, request, admitted);
    return responseOf(answer, streamOf(answer, asks, mayGoOn ? again : null));
  } catch (thrown) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    const answer = mayAgain || neverArrived(thrown) ? await again().catch(() => null) : null;
    return answer === null ? cutOff(asks) : responseOf(answer, streamOf(answer, asks, null));
  }
}

function responseOf(answer: IncomingMessage, stream: ReadableStream<Uint8Array>): Response {
  const status = answer.statusCode ?? 502;
  return new Response([202, 204, 304].includes(status) ? null : stream, { status, headers: headersOf(answer) });
}

/** True when no worker was there to take the request, so that it certainly had no effect. */
function neverArrived(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && (thrown.code === "ECONNREFUSED" || thrown.code === "ENOENT");
}

function cutOff(asks: Message | null): Response {
  if (asks === null) return refuse(503, -32_000, "The server was restarted, try again");
  return Response.json(interruptedAnswer(asks.id));
}

function call(socketPath: string, request: Request, { message, authInfo }: Admitted): Promise<IncomingMessage> {
  const headers: Record<string, string> = authInfo === null ? {} : { [accessHeader]: JSON.stringify(authInfo) };
  for (const [name, value] of request.headers) {
    if (passedOn.includes(name) || name.startsWith("mcp-param-")) headers[name] = value;
  }
  if (request.signal.aborted) return Promise.reject(request.signal.reason);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      socketPath,
      path: new URL(request.url).pathname,
      method: request.method,
      headers,
      agent: false,
    });
    request.signal.addEventListener("abort", () => outgoing.destroy(), { once: true });
    outgoing.once("response", resolve).once("error", reject);
    outgoing.end(message === null ? undefined : JSON.stringify(message));
  });
}

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !skippedBack.has(name)) headers.set(name, String(value));
  }
  return headers;
}

/** The bytes of the answer; when they break off, those of a second one, or an error event. */
function streamOf(first: IncomingMessage, request: Message | null, retry: (() => Promise<IncomingMessage>) | null) {
  const isStream = (first.headers["content-type"] ?? "").startsWith("text/event-stream");
  let source = first;
  let bytes: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  let mayRetry = retry;
  const recover = async (): Promise<boolean> => {
    const next = mayRetry === null || !isStream ? null : await mayRetry().catch(() => null);
    mayRetry = null;
    if (next === null) return false;
    source = next;
    // Without anything to tell before its result, the second answer may be a plain document.
    const plain = !(next.headers["content-type"] ?? "").startsWith("text/event-stream");
    bytes = plain ? asEvent(next) : next[Symbol.asyncIterator]();
    return true;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        try {
          const step = await bytes.next();
          if (step.done === true) controller.close();
          else controller.enqueue(step.value);
          return;
        } catch (thrown) {
          if (await recover()) continue;
          // A document that broke off must not pass for a whole one.
          if (!isStream) return controller.error(thrown);
          if (request !== null) controller.enqueue(eventOf(JSON.stringify(interruptedAnswer(request.id))));
          return controller.close();
        }
      }
    },
    cancel: () => void source.destroy(),
  });
}

async function* asEvent(answer: IncomingMessage): AsyncGenerator<Uint8Array> {
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += String(chunk);
  yield eventOf(text);
}

function eventOf(json: string): Uint8Array {
  return new TextEncoder().encode(`event: message\ndata: ${json}\n\n`);
}
