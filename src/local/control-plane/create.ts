// POST /v2/sandboxes and /sandboxes: a place under the quota, a cell from the pool, its tenant's variables and token.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { problem, type Answer } from "../answer.ts";
import { parseIngress, type Ingress } from "../ports/ingress.ts";
import { greet } from "../lifecycle/introduce.ts";
import { makeSandboxId } from "../sandbox-table.ts";
import { parseMounts, type Mounts } from "../volumes/mounts.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { parseLifecycle, type Lifecycle } from "./lifecycle-fields.ts";
import { sandboxJson } from "./sandbox-json.ts";
import { shownName, type ReadyTemplate } from "../templates/model.ts";
import { cellFor, sourceFor } from "../templates/use-template.ts";
import { parseSeconds } from "./timeouts.ts";
import { unsupportedFeature } from "./unsupported.ts";

const defaultSeconds = { v1: 15, v2: 300 } as const;

interface Asked {
  readonly template: ReadyTemplate;
  readonly mounts: Mounts;
  readonly seconds: number;
  readonly secured: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly envVars: Readonly<Record<string, string>>;
  readonly lifecycle: Lifecycle;
  readonly allowInternetAccess: boolean | null;
  readonly ingress: Ingress;
}

export function createEndpoint(version: "v1" | "v2") {
  return async (plane: ControlPlane, request: ControlRequest): Promise<Answer> => {
    const asked = parseCreate(plane, request.body, version);
    if ("status" in asked) return asked;
    if (plane.table.active().length + plane.creating >= plane.maxSandboxes) return quotaReached(plane);
    plane.creating++;
    try {
      return await create(plane, asked);
    } catch (thrown) {
      return createFailed(plane, thrown);
    } finally {
      plane.creating--;
    }
  };
}

async function create(plane: ControlPlane, asked: Asked): Promise<Answer> {
  const source = sourceFor(asked.template, asked.mounts.binds);
  const cell = await cellFor(plane, asked.template, source);
  const id = makeSandboxId(plane.random);
  const token = asked.secured ? plane.random.bytes(32).toString("hex") : null;
  const { metadata, envVars, lifecycle, allowInternetAccess, ingress } = asked;
  const { template } = asked.template;
  const tenant = { id, token, envVars, templateId: template.id, origin: asked.template };
  const handed = await greet(plane, cell, tenant);
  plane.templates.store.spawned(template);
  const { volumeMounts } = asked.mounts;
  const shown = { metadata, allowInternetAccess, ingress, alias: shownName(template) };
  const fields = { ...tenant, ...lifecycle, ...shown, source, volumeMounts };
  const sandbox = plane.table.add({ ...fields, cell: handed }, asked.seconds);
  plane.logs.note(id, "Sandbox created", { template: template.id });
  return { status: 201, body: sandboxJson(plane, sandbox) };
}

function parseCreate(
  plane: ControlPlane,
  body: Readonly<Record<string, unknown>>,
  version: "v1" | "v2",
): Asked | Answer {
  const { templateID, timeout, metadata, envVars } = body;
  if (typeof templateID !== "string") return problem(400, "Error when parsing request: templateID is missing");
  const template = plane.templates.store.resolve(templateID);
  if (typeof template === "string") return problem(404, template);
  const seconds = parseSeconds(timeout, defaultSeconds[version], 1);
  if (typeof seconds !== "number") return seconds;
  if (!isTexts(metadata ?? {})) return problem(400, "metadata must map texts to texts");
  if (!isTexts(envVars ?? {})) return problem(400, "envVars must map texts to texts");
  const refused = unsupportedFeature(plane, body);
  if (refused !== null) return refused;
  const mounts = parseMounts(plane, body.volumeMounts);
  if ("status" in mounts) return mounts;
  const lifecycle = parseLifecycle(body, seconds);
  if ("status" in lifecycle) return lifecycle;
  const { allow_internet_access: internet } = body;
  const ingress = parseIngress(body.network, plane.random);
  if (typeof ingress === "string") return problem(400, ingress);
  return {
    template,
    mounts,
    seconds,
    secured: version === "v2" || body.secure === true,
    metadata: isTexts(metadata) ? metadata : {},
    envVars: isTexts(envVars) ? envVars : {},
    lifecycle,
    allowInternetAccess: typeof internet === "boolean" ? internet : null,
    ingress,
  };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((item) => typeof item === "string" && !item.includes("\0"));
}

export function quotaReached(plane: ControlPlane): Answer {
  const sentence = `you have reached the maximum number of concurrent E2B sandboxes (${plane.maxSandboxes}). If you need more, raise maxSandboxes of the local server.`;
  return problem(429, sentence);
}

function createFailed(plane: ControlPlane, thrown: unknown): Answer {
  const error = SwarmError.from(thrown);
  plane.log.write("error", "create failed", { reason: error.message });
  if (error.code === "local.disk-full") return problem(507, error.message);
  return { status: 500, body: { code: 500, error_code: "sandbox_create_failed", message: error.message } };
}
