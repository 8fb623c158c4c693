// Tells a fresh agent whose sandbox it is: its variables and its token. From here on what it says is hostile.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import { callAgent } from "../agent-call.ts";
import type { HandedCell } from "../hand-out.ts";
import type { Cell } from "../isolation/backend.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { bringUpSandbox, sourceFor, tenantBasics } from "../templates/use-template.ts";

export type Tenant = Pick<LocalSandbox, "id" | "templateId" | "token" | "envVars" | "origin" | "egress">;

/** Throws `sandbox.create-failed` and leaves the cell to the caller. */
async function introduce(cell: Cell, tenant: Tenant, { clock, label }: ControlPlane): Promise<void> {
  const named = { E2B_SANDBOX: "true", E2B_SANDBOX_ID: tenant.id, E2B_TEMPLATE_ID: tenant.templateId };
  const token = tenant.token === null ? {} : { accessToken: tenant.token };
  const basics = tenant.origin === null ? null : tenantBasics(tenant.origin);
  const envVars = { ...basics?.envVars, ...tenant.envVars, ...named };
  // What its metrics call the whole. Isolation none bounds no disk.
  const size = tenant.origin === null ? {} : sourceFor(tenant.origin, []).size;
  const disk = label.diskMb === 0 ? {} : { diskMb: label.diskMb };
  const body = { ...basics, envVars, ...token, limits: { ...size, ...disk } };
  // Part of the start: under gVisor on a busy machine the first answer takes seconds.
  const call = { method: "POST", path: "/init", body, withinMs: limits.startMs } as const;
  const answer = await callAgent(cell, call, clock);
  if (answer.status !== 204) throw new SwarmError("sandbox.create-failed", `The agent refused /init: ${answer.status}`);
}

/**
 * Hands the cell out: its agent learns whose it is as soon as it listens (`ready`), and the template's start command runs,
 * because whatever ran before is gone. Throws after ending the cell.
 */
export async function greet(plane: ControlPlane, cell: Cell, tenant: Tenant): Promise<HandedCell> {
  const handed = plane.pool.handOut(cell, async (agent) => introduce(agent, tenant, plane));
  const { origin: template, token, envVars } = tenant;
  try {
    await plane.egress.apply(handed, tenant.egress);
    if (template !== null) await bringUpSandbox(plane, handed, { template, token, envVars });
    return handed;
  } catch (cause) {
    await handed.kill();
    throw cause;
  }
}
