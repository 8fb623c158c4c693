// Runs the harness in a process of its own and hands on its one answer, or its error as ours.
import { faults, type FaultCode } from "../contracts/faults.ts";
import { isRecord } from "../contracts/json.ts";
import type { OperationContext } from "../contracts/operation.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { programPath } from "./paths.ts";
import { runProgram } from "./run-program.ts";
import type { Settings } from "./settings.ts";

/** Throws what the harness refused with, `cancelled`, or `internal` when it ended without an answer. */
export async function runHarness(
  { target, isolation, folder, budgetMicroUsd }: Settings,
  task: Readonly<Record<string, unknown>>,
  context: OperationContext,
): Promise<unknown> {
  const request = JSON.stringify({ ...task, target, isolation, folder, budgetMicroUsd });
  const end = await runProgram(programPath("harness"), [request], context);
  if (context.signal.aborted) {
    throw new SwarmError("cancelled", "The validation was stopped; its bundle is closed as incomplete");
  }
  const answer: unknown = parseAnswer(end.stdout);
  if (isRecord(answer) && isRecord(answer.error)) throw remoteError(answer.error);
  if (answer !== null) return answer;
  const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
  throw new SwarmError("internal", `The validation ended without a result (${how})`, {
    hint: "The lines above say where; the bundle it left verifies as incomplete",
  });
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

function isFault(code: string): code is FaultCode {
  return code in faults;
}

function plainDetails(details: Record<string, unknown>): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === "string" || typeof value === "number") plain[name] = value;
  }
  return plain;
}
