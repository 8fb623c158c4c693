// One operation over HTTP: wire names in, one call, wire names out. What destroys asks for `?confirm=yes`, as it asks a person.
import { findOperation, type OperationRow } from "../../backend/operations/table.ts";
import { isRecord } from "../../contracts/json.ts";
import { check, jsonSchema } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { DoorBackend } from "../door-backend.ts";
import { fromWire, toWire, wirePath } from "../wire-names.ts";

/** Throws `usage.invalid`, `usage.confirm`. */
export function readCall(row: OperationRow, body: string, isConfirmed: boolean): unknown {
  const schema = jsonSchema(row.input);
  let given: unknown;
  try {
    given = body === "" ? {} : JSON.parse(body);
  } catch (cause) {
    throw refused("the body", "is no JSON", cause);
  }
  const library = fromWire(schema, given);
  if (!library.ok) throw refused(library.unknownField, "is not a known field");
  const parsed = check(row.input, library.value);
  if (!parsed.ok) throw refused(wirePath(schema, parsed.field), parsed.problem);
  if (row.effect !== "destructive" || isConfirmed) return parsed.value;
  throw new SwarmError("usage.confirm", `Cannot go on without a confirmation: ${row.name} destroys`, {
    hint: "Ask again with ?confirm=yes",
  });
}

export async function performCall(
  backend: DoorBackend,
  row: OperationRow,
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  return toWire(jsonSchema(row.output), await backend.call(row.name, input, { signal }));
}

/** What the audit log says of a call: its name and whom it concerns, never its arguments. */
export function deedOf(row: OperationRow, input: unknown): string {
  const { swarmId, agentId, sandboxId } = isRecord(input) ? input : {};
  return [row.name, swarmId, agentId, sandboxId].filter((word) => typeof word === "string").join(" ");
}

/** Throws `usage.invalid`. */
export function operationOf(name: string): OperationRow {
  const row = findOperation(name);
  if (row !== null) return row;
  throw refused(name, "is no operation");
}

function refused(field: string, problem: string, cause?: unknown): SwarmError {
  return new SwarmError("usage.invalid", `Cannot accept ${field}: it ${problem}`, {
    hint: "docs/mcp.md lists the operations and their inputs",
    details: { field },
    cause,
  });
}
