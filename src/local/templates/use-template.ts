// How a sandbox comes to be from a template: its cell, what its agent is told, and its start command until it is ready.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import type { Cell } from "../isolation/backend.ts";
import { limits } from "../limits.ts";
import { shownName, type ReadyTemplate } from "./model.ts";
import { bringUp } from "./start-command.ts";

/** From the pool where the template is the shared skeleton, else a start of its own. */
export async function cellFor({ pool, images }: ControlPlane, { built }: ReadyTemplate): Promise<Cell> {
  const { image } = built;
  return image === null ? pool.take() : images.use(image, async (path) => pool.take({ image: path }));
}

export interface TenantBasics {
  readonly envVars: Readonly<Record<string, string>>;
  readonly defaultUser: string;
  readonly defaultWorkdir?: string;
}

export function tenantBasics({ built }: ReadyTemplate): TenantBasics {
  const { user, workdir, env } = built.context;
  return { envVars: env, defaultUser: user, ...(workdir === null ? {} : { defaultWorkdir: workdir }) };
}

export interface NewTenant {
  readonly template: ReadyTemplate;
  readonly token: string | null;
  readonly envVars: Readonly<Record<string, string>>;
}

/** Throws `sandbox.create-failed` when the start command fails or its template does not become ready in time. */
export async function bringUpSandbox(plane: ControlPlane, cell: Cell, tenant: NewTenant): Promise<void> {
  const { built, template } = tenant.template;
  if (built.start === null) return;
  const { clock } = plane;
  const said: string[] = [];
  const log = (line: string): void => {
    said.push(line);
    if (said.length > limits.startLinesKept) said.shift();
  };
  const { token, envVars: env } = tenant;
  const up = await bringUp(cell, { start: built.start, clock, log, token, env, withinMs: limits.readyOnCreateMs });
  if (up.kind === "ready") return;
  throw new SwarmError("sandbox.create-failed", `Cannot start template '${shownName(template)}': ${up.reason}`, {
    hint: "Start it by hand in a sandbox of its base to see more; the ready command must succeed while create waits",
    details: { said: said.join("\n").slice(-limits.buildLogLine) },
  });
}
