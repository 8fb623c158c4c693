// One instance of a deployment: a sandbox of its template with the configuration inside, read back, and the agent that the
// configuration names. What fails half-way leaves nothing behind.
import { createHash } from "node:crypto";
import type { OperationContext } from "../../contracts/operation.ts";
import type { Deployment } from "../../contracts/operations/templates.ts";
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { roleOf } from "../agent-types.ts";
import { windowAt } from "../market-view.ts";
import { forget, remember } from "../operations/create.ts";
import { handle as runAgent } from "../operations/run-agent.ts";
import type { Parts } from "../parts.ts";

/** Relative to the home of the sandbox's user. */
const configurationPath = ".swarm/configuration.json";
const maxConfigurationBytes = 100_000;

export interface Instance {
  readonly sandbox: SandboxRecord;
  readonly agentId: string | null;
  readonly configurationSha256: string;
}

type Plan = Pick<Deployment, "template" | "category" | "configuration" | "timeoutSeconds" | "deploymentId">;

/** The agent a trading configuration asks for. Throws `usage.invalid`, `market.symbol`: nothing has been started yet. */
export function agentWanted({ category, configuration }: Pick<Plan, "category" | "configuration">) {
  const { strategy, symbols, strategyParams } = configuration;
  if (category !== "trading" || strategy === undefined) return null;
  if (typeof strategy !== "string") throw unusable("strategy", "it must be the name of an agent");
  roleOf(strategy);
  const input = parse("deploy.input", {
    agentType: strategy,
    ...(symbols === undefined ? {} : { symbols }),
    ...(strategyParams === undefined ? {} : { strategyParams }),
  });
  for (const symbol of input.symbols ?? []) windowAt(symbol);
  return input;
}

/** The configuration as it is written into a sandbox. Throws `usage.invalid` when it is too large. */
export function configurationText(configuration: Deployment["configuration"]): string {
  const text = `${JSON.stringify(configuration, null, 2)}\n`;
  if (Buffer.byteLength(text) <= maxConfigurationBytes) return text;
  throw unusable("", `it has ${Buffer.byteLength(text)} bytes, at most ${maxConfigurationBytes} are possible`);
}

export async function startInstance(parts: Parts, plan: Plan, context: OperationContext): Promise<Instance> {
  const wanted = agentWanted(plan);
  const text = configurationText(plan.configuration);
  const sandboxes = await parts.sandboxes();
  context.progress(`creating an instance of ${plan.template}`);
  const sandbox = await sandboxes.create({
    template: plan.template,
    timeoutSeconds: plan.timeoutSeconds,
    name: plan.deploymentId,
    keep: true,
  });
  const { sandboxId } = sandbox;
  try {
    await remember(parts, [sandbox]);
    await sandboxes.writeFile(sandboxId, configurationPath, text);
    const configurationSha256 = sha256(await sandboxes.readFile(sandboxId, configurationPath));
    if (configurationSha256 !== sha256(text)) {
      throw new SwarmError("sandbox.file", `Cannot configure ${sandboxId}: it gives back another configuration`, {
        hint: "Try again",
        details: { sandboxId },
      });
    }
    const agentId = wanted === null ? null : (await runAgent(parts, { ...wanted, sandboxId }, context)).agentId;
    context.signal.throwIfAborted();
    return { sandbox, agentId, configurationSha256 };
  } catch (thrown) {
    await endInstance(parts, sandboxId).catch(() => undefined);
    throw thrown;
  }
}

export async function endInstance(parts: Parts, sandboxId: string): Promise<void> {
  await (await parts.sandboxes()).terminate(sandboxId);
  await forget(parts, [sandboxId]);
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function unusable(field: string, why: string): SwarmError {
  const path = field === "" ? "configuration" : `configuration.${field}`;
  return new SwarmError("usage.invalid", `Cannot use ${path}: ${why}`, {
    hint: 'Give for instance { "strategy": "momentum", "symbols": ["AAPL"] }',
    details: { field: path },
  });
}
