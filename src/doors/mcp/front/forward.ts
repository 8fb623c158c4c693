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

/** `place` resolves with the socket of a worker that is there. */
export async function forward(request: Request, admitted: Admitted, place: () => Promise<string>): Promise<Response> {
  const { message } = admitted;
  const asks = message !== null && "method" in message && "id" in message;
  let answer: IncomingMessage;
  let attempt = message;
  let again = message === null || mayRepeat(message);
  for (;;) {
    try {
      answer = await call(await place(), request, { ...admitted, message: attempt });
      break;
    } catch {
      if (request.signal.aborted) return new Response(null, { status: 499 });
      if (!again) return cutOff(message, asks);
      again = false;
      attempt = message === null ? null : repeated(message);
    }
  }
  const retry =
    again && message !== null
      ? () => place().then((socket) => call(socket, request, { ...admitted, message: repeated(message) }))
      : null;
  const stream = streamOf(answer, asks && message !== null ? message : null, retry);
  const hasBody = ![202, 204, 304].includes(answer.statusCode ?? 0);
  return new Response(hasBody ? stream : null, { status: answer.statusCode ?? 502, headers: headersOf(answer) });
}

function cutOff(message: Message | null, asks: boolean): Response {
  if (message === null || !asks) return refuse(503, -32_000, "The server was restarted, try again");
  return Response.json(interruptedAnswer(message.id));
}

function call(socketPath: string, request: Request, { message, authInfo }: Admitted): Promise<IncomingMessage> {
  const headers: Record<string, string> = authInfo === null ? {} : { [accessHeader]: JSON.stringify(authInfo) };
  for (const [name, value] of request.headers) {
    if (passedOn.includes(name) || name.startsWith("mcp-param-")) headers[name] = value;
  }
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
  const type = first.headers["content-type"] ?? "";
  let source = first;
  let bytes: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  let mayRetry = retry;
  const recover = async (): Promise<boolean> => {
    const next = mayRetry === null ? null : await mayRetry().catch(() => null);
    mayRetry = null;
    if (next === null || next.headers["content-type"] !== type) return false;
    source = next;
    bytes = source[Symbol.asyncIterator]();
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
        } catch {
          if (await recover()) continue;
          if (request !== null && type.startsWith("text/event-stream")) controller.enqueue(errorEvent(request));
          return controller.close();
        }
      }
    },
    cancel: () => void source.destroy(),
  });
}

function errorEvent({ id }: Message): Uint8Array {
  return new TextEncoder().encode(`event: message\ndata: ${JSON.stringify(interruptedAnswer(id))}\n\n`);
}
