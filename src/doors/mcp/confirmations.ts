// Before something is destroyed the person is asked, through the client. What the client brings back is sealed to the very call
// it was asked for. A client that cannot ask gets a refusal that says how to confirm.
import { createHash } from "node:crypto";
import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { OperationRow } from "../../backend/operations/table.ts";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface Confirmations {
  /** For the SDK: refuses a seal that is forged, too old or of another caller. */
  readonly verify: (state: string, context: ServerContext) => Promise<unknown>;
  /** Null: go on. Else the question for the client. Throws `usage.confirm` when the answer is no or nobody can be asked. */
  ask(row: OperationRow, input: unknown, context: ServerContext, canAsk: boolean): Promise<InputRequiredResult | null>;
}

const question = "confirm";
const ttlSeconds = 600;

/** `key` has at least 32 bytes; every process that may receive the answer needs the same. */
export function openConfirmations(key: Buffer): Confirmations {
  const codec = createRequestStateCodec<{ readonly seal: string }>({
    key,
    ttlSeconds,
    bind: ({ mcpReq, http }) => `${mcpReq.method}\0${http?.authInfo?.clientId ?? ""}`,
  });
  return {
    verify: (state, context) => codec.verify(state, context),
    async ask(row, input, context, canAsk) {
      if (row.effect !== "destructive" || (isRecord(input) && input.force === true)) return null;
      const seal = sealOf(row, input);
      const answer = inputResponse(context.mcpReq.inputResponses, question);
      if (answer.kind === "elicit") {
        const sealed = context.mcpReq.requestState<{ readonly seal: string }>()?.seal === seal;
        if (sealed && answer.action === "accept" && answer.content?.[question] === true) return null;
        throw notConfirmed(row, "the answer was no");
      }
      if (!canAsk) throw notConfirmed(row, "this client cannot ask the person");
      return inputRequired({
        inputRequests: { [question]: elicitation(row, input) },
        requestState: await codec.mint({ seal }, context),
      });
    },
  };
}

function elicitation(row: OperationRow, input: unknown): ReturnType<typeof inputRequired.elicit> {
  return inputRequired.elicit({
    message: `${row.title}? ${row.description}. Input: ${JSON.stringify(input).slice(0, 500)}`,
    requestedSchema: {
      type: "object",
      properties: { [question]: { type: "boolean", title: row.title, description: "yes, do it" } },
      required: [question],
    },
  });
}

function notConfirmed(row: OperationRow, why: string): SwarmError {
  return new SwarmError("usage.confirm", `Nothing was done by ${row.name}: ${why}`, {
    hint: "Ask the person; when they agree, call it again with force: true",
    details: { field: "force" },
  });
}

function sealOf(row: OperationRow, input: unknown): string {
  return createHash("sha256")
    .update(`${row.name}\0${JSON.stringify(input)}`)
    .digest("base64url");
}
