// The answers a fault gives in place of the real ones, in the shape the caller expects from that place: the control plane and
// /files say a number, a Connect call says a word, a Connect stream says it in its last envelope, a gateway says a number.
import type { FaultAction } from "../../contracts/fault-plan.ts";
import { send } from "../answer.ts";
import { connectEnvelope, endOfStream } from "./connect-envelope.ts";
import type { FaultCall } from "./fault-call.ts";

type AnswerFault = Extract<FaultAction, { kind: "answer" }>;

/** Texts of E2B where they are known; the text of its 401 is not public. */
const texts: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  429: "Rate limit exceeded",
  500: "Internal server error",
  502: "Bad gateway",
  503: "Service unavailable",
  504: "Gateway timeout",
};

const words: Readonly<Record<number, string>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  409: "already_exists",
  429: "resource_exhausted",
  499: "canceled",
  501: "unimplemented",
  503: "unavailable",
  504: "deadline_exceeded",
};

export function answerFault(call: FaultCall, action: AnswerFault): void {
  const { response } = call;
  const { status } = action;
  const message = action.message ?? texts[status] ?? "Injected fault";
  const headers: Record<string, string> =
    action.retryAfterSeconds === undefined ? {} : { "retry-after": String(action.retryAfterSeconds) };
  const byGateway = (action.by ?? (status === 502 ? "gateway" : "service")) === "gateway";
  // What is still to be read of the request would wedge the connection.
  call.request.resume();
  if (call.rpc === null || byGateway) {
    const sandbox = call.plane === "control" ? {} : { sandboxId: call.sandboxId ?? "" };
    return send(response, { status, headers, body: { ...sandbox, code: status, message } });
  }
  const error = { code: words[status] ?? (status < 500 ? "unknown" : "internal"), message };
  if (!call.isStream) return send(response, { status, headers, body: error });
  const type = call.request.headers["content-type"] ?? "application/connect+json";
  response.writeHead(200, { ...headers, "content-type": type });
  response.end(connectEnvelope(endOfStream, { error }));
}
