// Tells a fresh agent whose sandbox it is: its variables and its token. From here on what it says is hostile.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import { callAgent } from "../agent-call.ts";
import type { Cell } from "../isolation/backend.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { bringUpSandbox, tenantBasics } from "../templates/use-template.ts";

export type Tenant = Pick<LocalSandbox, "id" | "templateId" | "token" | "envVars" | "origin">;

/** Throws `sandbox.create-failed` and leaves the cell to the caller. */
async function introduce(cell: Cell, tenant: Tenant, clock: Clock): Promise<void> {
  const named = { E2B_SANDBOX: "true", E2B_SANDBOX_ID: tenant.id, E2B_TEMPLATE_ID: tenant.templateId };
  const token = tenant.token === null ? {} : { accessToken: tenant.token };
  const basics = tenant.origin === null ? null : tenantBasics(tenant.origin);
  const envVars = { ...basics?.envVars, ...tenant.envVars, ...named };
  const body = { ...basics, envVars, ...token };
  const answer = await callAgent(cell, { method: "POST", path: "/init", body }, clock);
  if (answer.status !== 204) throw new SwarmError("sandbox.create-failed", `The agent refused /init: ${answer.status}`);
}

/**
 * The cell as its tenant's, at once: its agent starts and learns who it is behind the answer. Only a start command is
 * waited for. Throws after ending the cell.
 */
export async function welcome(plane: ControlPlane, cell: Cell, tenant: Tenant): Promise<Cell> {
  const handed = plane.pool.handOut(cell, async (agent) => introduce(agent, tenant, plane.clock));
  const { origin: template, token, envVars } = tenant;
  if (template === null) return handed;
  try {
    await bringUpSandbox(plane, handed, { template, token, envVars });
    return handed;
  } catch (cause) {
    await handed.kill();
    throw cause;
  }
}

/** Who it is, and its template's start command: whatever ran before is gone. Throws after ending the cell. */
export async function greet(plane: ControlPlane, cell: Cell, tenant: Tenant): Promise<void> {
  try {
    await introduce(cell, tenant, plane.clock);
    const { origin: template, token, envVars } = tenant;
    if (template !== null) await bringUpSandbox(plane, cell, { template, token, envVars });
  } catch (cause) {
    await cell.kill();
    throw cause;
  }
}
