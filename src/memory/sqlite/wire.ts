// What the owner of the file and its clients say to each other. Both are this program, of one version, of one user; what
// does not look like a message ends the conversation.
import { faults, type FaultCode } from "../../contracts/faults.ts";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Reply, Request } from "../core/request.ts";

export type ToOwner = { readonly id: number; readonly request: Request };

export type FromOwner =
  | { readonly kind: "hello"; readonly speaks: string }
  | { readonly kind: "reply"; readonly id: number; readonly reply: Reply }
  | { readonly kind: "fault"; readonly id: number; readonly fault: WireFault }
  | { readonly kind: "news"; readonly namespaces: readonly string[] }
  /** The owner stops; what it has not answered it has not done and will not do. */
  | { readonly kind: "bye" };

export interface WireFault {
  readonly code: FaultCode;
  readonly sentence: string;
  readonly hint: string | null;
  readonly details: SwarmError["details"];
}

export function isToOwner(value: unknown): value is ToOwner {
  if (!isRecord(value) || typeof value.id !== "number" || !isRecord(value.request)) return false;
  const { op, namespace, fence } = value.request;
  return typeof op === "string" && typeof namespace === "string" && (fence === null || isRecord(fence));
}

export function isFromOwner(value: unknown): value is FromOwner {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case "hello":
      return typeof value.speaks === "string";
    case "reply":
      return typeof value.id === "number" && isRecord(value.reply) && typeof value.reply.op === "string";
    case "fault":
      return typeof value.id === "number" && isRecord(value.fault) && isCode(value.fault.code);
    case "news":
      return Array.isArray(value.namespaces);
    default:
      return value.kind === "bye";
  }
}

export function wireFault(fault: SwarmError): WireFault {
  const { code, hint = null, details } = fault;
  return { code, sentence: fault.message.replace(`[${code}] `, ""), hint, details };
}

export function unwireFault({ code, sentence, hint, details }: WireFault): SwarmError {
  return new SwarmError(code, sentence, hint === null ? { details } : { hint, details });
}

function isCode(value: unknown): value is FaultCode {
  return typeof value === "string" && Object.hasOwn(faults, value);
}
