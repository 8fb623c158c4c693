// Tells a fresh agent whose sandbox it is: its variables and its token. From here on what it says is hostile.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { callAgent } from "../agent-call.ts";
import type { Cell } from "../isolation/backend.ts";
import type { LocalSandbox } from "../sandbox-table.ts";

export type Tenant = Pick<LocalSandbox, "id" | "templateId" | "token" | "envVars">;

/** Throws `sandbox.create-failed` and leaves the cell to the caller. */
export async function introduce(cell: Cell, tenant: Tenant, clock: Clock): Promise<void> {
  const named = { E2B_SANDBOX: "true", E2B_SANDBOX_ID: tenant.id, E2B_TEMPLATE_ID: tenant.templateId };
  const token = tenant.token === null ? {} : { accessToken: tenant.token };
  const body = { envVars: { ...tenant.envVars, ...named }, ...token };
  const answer = await callAgent(cell, { method: "POST", path: "/init", body }, clock);
  if (answer.status !== 204) throw new SwarmError("sandbox.create-failed", `The agent refused /init: ${answer.status}`);
}
