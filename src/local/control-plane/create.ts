// POST /v2/sandboxes and /sandboxes: a place under the quota, a cell from the pool, its tenant's variables and token.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { callAgent } from "../agent-call.ts";
import { problem, type Answer } from "../answer.ts";
import { limits } from "../limits.ts";
import type { Cell } from "../isolation/backend.ts";
import { parseIngress, type Ingress } from "../ports/ingress.ts";
import type { NetworkRules } from "../isolation/network-rules.ts";
import { makeSandboxId } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { askedEgress, openEgress } from "./network.ts";
import { sandboxJson } from "./sandbox-json.ts";
import { shownName, type ReadyTemplate } from "../templates/model.ts";
import { bringUpSandbox, cellFor, tenantBasics } from "../templates/use-template.ts";
import { unsupportedFeature } from "./unsupported.ts";

const defaultSeconds = { v1: 15, v2: 300 } as const;

interface Asked {
  readonly template: ReadyTemplate;
  readonly seconds: number;
  readonly secured: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly envVars: Readonly<Record<string, string>>;
  readonly allowInternetAccess: boolean | null;
  /** Null: no way out. */
  readonly egress: NetworkRules | null;
  readonly ingress: Ingress;
}

export function createEndpoint(version: "v1" | "v2") {
  return async (plane: ControlPlane, request: ControlRequest): Promise<Answer> => {
    const asked = parseCreate(plane, request.body, version);
    if ("status" in asked) return asked;
    if (plane.table.all().length + plane.creating >= plane.maxSandboxes) return quotaReached(plane);
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
  const cell = await cellFor(plane, asked.template);
  const id = makeSandboxId(plane.random);
  const token = asked.secured ? plane.random.bytes(32).toString("hex") : null;
  try {
    if (asked.egress !== null) await openEgress(cell, asked.egress);
    await introduce(plane, cell, { id, token, asked });
    await bringUpSandbox(plane, cell, { ...asked, token });
  } catch (cause) {
    await cell.kill();
    throw cause;
  }
  const { metadata, allowInternetAccess, ingress } = asked;
  const { template } = asked.template;
  plane.templates.store.spawned(template);
  const fields = {
    id,
    token,
    cell,
    metadata,
    allowInternetAccess,
    ingress,
    templateId: template.id,
    alias: shownName(template),
  };
  const sandbox = plane.table.add(fields, asked.seconds);
  return { status: 201, body: sandboxJson(plane, sandbox) };
}

/** Tells the agent whose sandbox it is. From here on what it says is hostile. */
async function introduce(
  plane: ControlPlane,
  cell: Cell,
  tenant: { readonly id: string; readonly token: string | null; readonly asked: Asked },
): Promise<void> {
  const { id, token, asked } = tenant;
  const named = { E2B_SANDBOX: "true", E2B_SANDBOX_ID: id, E2B_TEMPLATE_ID: asked.template.template.id };
  const basics = tenantBasics(asked.template);
  const envVars = { ...basics.envVars, ...asked.envVars, ...named };
  const body = { ...basics, envVars, ...(token === null ? {} : { accessToken: token }) };
  const answer = await callAgent(cell, { method: "POST", path: "/init", body }, plane.clock);
  if (answer.status !== 204) throw new SwarmError("sandbox.create-failed", `The agent refused /init: ${answer.status}`);
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
  const seconds = timeout ?? defaultSeconds[version];
  if (typeof seconds !== "number" || !Number.isInteger(seconds))
    return problem(400, "Timeout must be an integer number of seconds");
  if (seconds <= 0) return problem(400, "Timeout must be greater than 0");
  if (seconds > limits.maxLifeSeconds) return problem(400, "Timeout cannot be greater than 24 hours");
  if (!isTexts(metadata ?? {})) return problem(400, "metadata must map texts to texts");
  if (!isTexts(envVars ?? {})) return problem(400, "envVars must map texts to texts");
  const refused = unsupportedFeature(body);
  if (refused !== null) return refused;
  const { allow_internet_access: internet } = body;
  const egress = askedEgress(plane, body);
  if (typeof egress === "string") return problem(400, egress);
  const ingress = parseIngress(body.network, plane.random);
  if (typeof ingress === "string") return problem(400, ingress);
  return {
    template,
    egress,
    seconds,
    secured: version === "v2" || body.secure === true,
    metadata: isTexts(metadata) ? metadata : {},
    envVars: isTexts(envVars) ? envVars : {},
    allowInternetAccess: typeof internet === "boolean" ? internet : null,
    ingress,
  };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((item) => typeof item === "string" && !item.includes("\0"));
}

function quotaReached(plane: ControlPlane): Answer {
  const sentence = `you have reached the maximum number of concurrent E2B sandboxes (${plane.maxSandboxes}). If you need more, raise maxSandboxes of the local server.`;
  return problem(429, sentence);
}

function createFailed(plane: ControlPlane, thrown: unknown): Answer {
  const error = SwarmError.from(thrown);
  plane.log.write("error", "create failed", { reason: error.message });
  if (error.code === "local.disk-full") return problem(507, error.message);
  return { status: 500, body: { code: 500, error_code: "sandbox_create_failed", message: error.message } };
}
