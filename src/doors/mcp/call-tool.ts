// One tools/call: wire arguments in, operation, library object out. A failure is a result with isError, so that a model can
// read the code and the hint; only an unknown tool is a protocol error.
import {
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import type { DoorBackend } from "../door-backend.ts";
import { findOperation, type OperationRow } from "../../backend/operations/table.ts";
import { isRecord } from "../../contracts/json.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import { check, jsonSchema } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { redact } from "../../host/log.ts";
import { fromWire, wirePath } from "../wire-names.ts";
import type { CallGuard } from "./guard-call.ts";

/** Never throws but for an unknown tool. `backend` is opened only once the arguments are known to be good
 * and the guard lets the call through. */
export async function callTool(
  name: string,
  wireArguments: unknown,
  backend: () => Promise<DoorBackend>,
  context: OperationContext,
  guard: CallGuard,
): Promise<CallToolResult | InputRequiredResult> {
  const row = findOperation(name);
  if (row === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name.slice(0, 100)}`);
  try {
    const input = readArguments(row, wireArguments ?? {});
    const question = await guard.confirm(row, input);
    if (question !== null) return question;
    return await guard.once(row, input, () =>
      attempt(async () => {
        const opened = await backend();
        return success(await opened.call(row.name, input, context));
      }),
    );
  } catch (thrown) {
    return failure(SwarmError.from(thrown));
  }
}

async function attempt(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (thrown) {
    return failure(SwarmError.from(thrown));
  }
}

function readArguments(row: OperationRow, wireArguments: unknown): unknown {
  const schema = jsonSchema(row.input);
  const library = fromWire(schema, wireArguments);
  if (!library.ok) throw refused(row, library.unknownField, "is not a known field");
  const parsed = check(row.input, library.value);
  if (!parsed.ok) throw refused(row, wirePath(schema, parsed.field), parsed.problem);
  return parsed.value;
}

function refused(row: OperationRow, field: string, problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot accept ${field}: it ${problem}`, {
    hint: `Correct ${field}; the input schema of ${row.name} lists what is accepted`,
    details: { field },
  });
}

function success(output: unknown): CallToolResult {
  if (!isRecord(output)) throw new Error("Invariant broken: an operation returned no object");
  return { content: [{ type: "text", text: JSON.stringify(output) }], structuredContent: output };
}

function failure(error: SwarmError): CallToolResult {
  const told = {
    code: error.code,
    message: redact(error.message),
    hint: error.hint === undefined ? null : redact(error.hint),
    retryable: error.row.retry !== "never",
    ...(typeof error.details.field === "string" ? { field: error.details.field } : {}),
  };
  return { content: [{ type: "text", text: JSON.stringify(told) }], structuredContent: told, isError: true };
}
