// What becomes of a request whose worker died: looking again is harmless, so it is asked again once; anything that may have
// taken effect is answered with an error that says so and is never repeated.
import { findOperation } from "../../../backend/operations/table.ts";
import { isRecord } from "../../../contracts/json.ts";

export type Message = Readonly<Record<string, unknown>>;

export function mayRepeat({ method, params }: Message): boolean {
  if (method !== "tools/call") return true;
  const name = isRecord(params) && typeof params.name === "string" ? params.name : "";
  const row = findOperation(name);
  return row === null || row.effect === "read";
}

/** The same request without its progress token: a second run would count from one again. */
export function repeated(message: Message): Message {
  if (!isRecord(message.params) || !isRecord(message.params._meta)) return message;
  const { progressToken: _token, ...meta } = message.params._meta;
  return { ...message, params: { ...message.params, _meta: meta } };
}

/** The JSON-RPC answer to a request that was cut off. */
export function interruptedAnswer<Id>(id: Id) {
  const message = "The server was restarted during this call; whether it took effect is not known";
  const data = { restarted: true, hint: "Look at the state first, for instance with listE2bSandboxes, then decide" };
  return { jsonrpc: "2.0", id, error: { code: -32_603, message, data } } as const;
}
