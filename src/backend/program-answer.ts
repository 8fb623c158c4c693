// The one JSON document that a program of ours answers with, or the fault it named instead.
import { faults, type FaultCode } from "../contracts/faults.ts";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { ProgramEnd } from "./run-program.ts";

/** `what` begins the sentence of a program that ended without an answer. Throws the program's own fault, or `internal`. */
export function answerOf(end: ProgramEnd, { what, hint }: { readonly what: string; readonly hint: string }): unknown {
  const answer: unknown = parseAnswer(end.stdout);
  if (isRecord(answer) && isRecord(answer.error)) throw remoteError(answer.error);
  if (answer !== null) return answer;
  const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
  throw new SwarmError("internal", `${what} ended without a result (${how})`, { hint });
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function remoteError(error: Record<string, unknown>): SwarmError {
  const code = typeof error.code === "string" && isFault(error.code) ? error.code : "internal";
  const message = String(error.message).replace(/^\[[\w.-]+\] /, "");
  return new SwarmError(code, message, {
    ...(typeof error.hint === "string" ? { hint: error.hint } : {}),
    ...(isRecord(error.details) ? { details: plainDetails(error.details) } : {}),
  });
}

function plainDetails(details: Record<string, unknown>): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === "string" || typeof value === "number") plain[name] = value;
  }
  return plain;
}

function isFault(code: string): code is FaultCode {
  return code in faults;
}
