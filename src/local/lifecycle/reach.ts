// What a request for a sandbox finds: one that runs, one that it wakes, or the answer that says why not.
import type { ControlPlane } from "../control-plane/context.ts";
import { problem, type Answer } from "../answer.ts";
import { sameSecret } from "../signature.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { inTurn } from "./in-turn.ts";
import { resume } from "./resume.ts";

export interface Visitor {
  /** X-Access-Token, when the request is for envd itself; null when it is for a port of the tenant's own. */
  readonly envdToken: string | undefined | null;
}

export type Reached = { readonly sandbox: LocalSandbox } | { readonly answer: Answer } | "gone";

/** Only a request that may enter wakes a sandbox, and never one whose processes are gone: that is asked for by name. */
export async function reach(plane: ControlPlane, id: string, visitor: Visitor): Promise<Reached> {
  const sandbox = plane.table.get(id);
  if (sandbox === undefined) return "gone";
  if (sandbox.state.kind === "running") return comeUp(sandbox);
  if (!mayWake(sandbox, visitor)) {
    const changing = sandbox.state.kind !== "paused";
    return changing ? { answer: problem(409, `Sandbox "${id}" is ${changingText(sandbox)}`) } : "gone";
  }
  // A change under way ends first; it may well be the resume that this request needs.
  await inTurn(sandbox, async () => undefined);
  if (sandbox.state.kind === "paused") {
    if (sandbox.state.image !== null) return "gone";
    const result = await resume(plane, sandbox, { seconds: sandbox.autoResumeSeconds ?? 0 });
    if (result === "gone") return "gone";
    if (result === "quota") return { answer: problem(429, "Too many sandboxes run for this one to be woken") };
  }
  return comeUp(sandbox);
}

/** Its agent may still be starting behind the answer to create. */
async function comeUp(sandbox: LocalSandbox): Promise<Reached> {
  try {
    await sandbox.cell.ready?.();
    return { sandbox };
  } catch {
    return "gone";
  }
}

export function changingText(sandbox: LocalSandbox): string {
  return sandbox.state.kind === "pausing" ? "being paused" : "being resumed";
}

function mayWake(sandbox: LocalSandbox, visitor: Visitor): boolean {
  if (sandbox.autoResumeSeconds === null) return false;
  if (visitor.envdToken === null || sandbox.token === null) return true;
  return visitor.envdToken !== undefined && sameSecret(visitor.envdToken, sandbox.token);
}
