// Brings a deployment to so many instances: what is missing is started in parallel, all of it or nothing; what is too much
// ends, the latest first. Instances the target no longer knows are not counted.
import type { OperationContext } from "../../contracts/operation.ts";
import type { Deployment } from "../../contracts/operations/templates.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { refuseOverBudget } from "../budget.ts";
import { alone, findDeployment, keepDeployment } from "../deployments/book.ts";
import { endInstance, startInstance } from "../deployments/instance.ts";
import { handler } from "../handler.ts";
import type { Parts } from "../parts.ts";
import { knownSandboxes } from "./list.ts";

const writer = "scaleE2bDeployment";

export const handle = handler("deployment-scale.input", "deployment-scale.output", async (parts, input, context) => {
  const { deploymentId, instanceCount } = input;
  if (input.autoScale === true) {
    throw new SwarmError(
      "sandbox.unsupported",
      "Cannot scale a deployment by itself: nothing measures the load of its instances",
      { hint: "Leave autoScale out, or start a live swarm with autoScale", details: { field: "autoScale" } },
    );
  }
  await findDeployment(parts, deploymentId);
  return alone(parts, deploymentId, async () => {
    const deployment = await findDeployment(parts, deploymentId);
    const status = new Map((await knownSandboxes(parts)).map((one) => [one.sandboxId, one.status]));
    const present = deployment.sandboxIds.filter((id) => status.has(id));
    const missing = Math.max(0, instanceCount - present.length);
    if (missing > 0) refuseOverBudget(parts.settings, missing, deployment.timeoutSeconds);
    const surplus = present.slice(instanceCount);
    for (const id of surplus) {
      context.progress(`ending ${id}`);
      await endInstance(parts, id);
      await keepDeployment(parts, { ...deployment, sandboxIds: present.filter((one) => one !== id) }, writer);
    }
    const created = await startAll(parts, deployment, { count: missing, context });
    const sandboxIds = [...present.slice(0, instanceCount), ...created];
    try {
      await keepDeployment(parts, { ...deployment, sandboxIds }, writer);
    } catch (thrown) {
      await Promise.allSettled(created.map((id) => endInstance(parts, id)));
      throw thrown;
    }
    const now = new Map((await knownSandboxes(parts)).map((one) => [one.sandboxId, one.status]));
    const instances = sandboxIds.map((id) => ({ sandboxId: id, status: now.get(id) ?? ("stopped" as const) }));
    return {
      deploymentId,
      previousInstances: present.length,
      instances,
      totalInstances: instances.length,
      created,
      destroyed: surplus,
    };
  });
});

async function startAll(
  parts: Parts,
  deployment: Deployment,
  { count, context }: { readonly count: number; readonly context: OperationContext },
): Promise<string[]> {
  const results = await Promise.allSettled(
    Array.from({ length: count }, () => startInstance(parts, deployment, context)),
  );
  const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.sandbox.sandboxId] : []));
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) return made;
  await Promise.allSettled(made.map((id) => endInstance(parts, id)));
  throw failed.reason;
}
