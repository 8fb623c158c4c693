// What stands between a checked input and its operation: the question to the person, and the key that keeps one call one effect.
import type {
  CallToolResult,
  ClientCapabilities,
  InputRequiredResult,
  ServerContext,
} from "@modelcontextprotocol/server";
import type { OperationRow } from "../../backend/operations/table.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Confirmations } from "./confirmations.ts";
import type { CallKey, Repeats } from "./repeats.ts";

export interface CallGuard {
  /** Null: go on. Else what the client must ask first. Throws `usage.confirm`. */
  confirm(row: OperationRow, input: unknown): Promise<InputRequiredResult | null>;
  /** Runs `work`, or gives what it gave before. Throws `usage.invalid`, `server.restarted`. */
  once(row: OperationRow, input: unknown, work: () => Promise<CallToolResult>): Promise<CallToolResult>;
}

const keyName = "e2b-swarm/idempotency_key";
const longestKey = 200;

export function openCallGuard(
  { confirmations, repeats }: { readonly confirmations: Confirmations; readonly repeats: Repeats },
  context: ServerContext,
  elicitation: ClientCapabilities["elicitation"],
): CallGuard {
  // A client that names no mode of asking means forms.
  const canAsk = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
  return {
    confirm: (row, input) => confirmations.ask(row, input, context, canAsk),
    once(row, input, work) {
      const key = row.effect === "read" ? null : keyOf(context);
      return key === null ? work() : repeats.once(key, `${row.name}\0${JSON.stringify(input)}`, work);
    },
  };
}

/** The caller's own key, or the request's id within its session; null where neither exists. */
function keyOf({ mcpReq, http, sessionId }: ServerContext): CallKey | null {
  const given: unknown = mcpReq._meta?.[keyName];
  if (given !== undefined) {
    if (typeof given === "string" && given !== "" && given.length <= longestKey) {
      return { scope: `caller:${http?.authInfo?.clientId ?? ""}`, key: given, keep: true };
    }
    throw new SwarmError(
      "usage.invalid",
      `Cannot use _meta.${keyName}: it must be text of 1 to ${longestKey} characters`,
      {
        hint: "Use a random id of your own for each new call",
        details: { field: `_meta.${keyName}` },
      },
    );
  }
  if (sessionId === undefined) return null;
  return { scope: `session:${sessionId}`, key: JSON.stringify(mcpReq.id), keep: false };
}
