// The admin route for suites: plan faults, read back what came of them, clear them.
import { check } from "../../contracts/parse.ts";
import type { FaultPlan, FaultRecord } from "../../contracts/fault-plan.ts";
import { isRecord } from "../../contracts/json.ts";
import type { SchemaId, SchemaValue } from "../../contracts/schemas.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { adminHeader, faultsPath } from "./fault-limits.ts";

export interface FaultClient {
  /** Throws `usage.invalid` with the field that is wrong. */
  plan(plan: FaultPlan): Promise<FaultRecord>;
  get(id: string): Promise<FaultRecord>;
  list(): Promise<readonly FaultRecord[]>;
  /** Ends one fault, or all of them; what they do to sandboxes is undone. */
  clear(id?: string): Promise<void>;
}

/** `url` and `token` as `startLocalServer` and `e2b-swarm local env` give them. */
export function createFaultClient(url: string, token: string): FaultClient {
  const ask = async (method: string, path: string, body?: FaultPlan): Promise<unknown> => {
    const response = await fetch(`${url}${faultsPath}${path}`, {
      method,
      headers: { [adminHeader]: token, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? null : JSON.parse(text);
    if (response.ok) return answer;
    throw refusal(response.status, isRecord(answer) ? String(answer.message) : `status ${response.status}`);
  };
  return {
    plan: async (plan) => expected("fault.record", await ask("POST", "", plan)),
    get: async (id) => expected("fault.record", await ask("GET", `/${encodeURIComponent(id)}`)),
    list: async () => expected("fault.list", await ask("GET", "")).faults,
    clear: async (id) => void (await ask("DELETE", id === undefined ? "" : `/${encodeURIComponent(id)}`)),
  };
}

function expected<Id extends SchemaId>(id: Id, answer: unknown): SchemaValue<Id> {
  const parsed = check(id, answer);
  if (parsed.ok) return parsed.value;
  throw new SwarmError("target.failed", `Cannot read the fault plane's answer: ${parsed.field} ${parsed.problem}`);
}

function refusal(status: number, message: string): SwarmError {
  if (status === 401)
    return new SwarmError("auth.refused", message, { hint: "Read the token with e2b-swarm local env" });
  if (status === 501) return new SwarmError("sandbox.unsupported", message, { hint: "Choose another fault" });
  return new SwarmError(status < 500 ? "usage.invalid" : "target.failed", message, {
    hint: status === 404 ? "Start the local server with --faults, and check the id" : "Correct the plan and try again",
  });
}
