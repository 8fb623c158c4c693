// Deploys a template: a sandbox of it with a configuration inside, and the agent the configuration names. The deployment is
// kept in the record, so that it can be scaled from anywhere.
import { makeId } from "../../host/ids.ts";
import { refuseOverBudget } from "../budget.ts";
import { keepDeployment } from "../deployments/book.ts";
import { agentWanted, configurationText, endInstance, startInstance } from "../deployments/instance.ts";
import { handler } from "../handler.ts";

const writer = "deployE2bTemplate";

export const handle = handler("template-deploy.input", "template-deploy.output", async (parts, input, context) => {
  const { templateName: template, category, configuration = {}, timeoutSeconds = 300 } = input;
  // What cannot be is refused before anything costs.
  agentWanted({ category, configuration });
  configurationText(configuration);
  refuseOverBudget(parts.settings, 1, timeoutSeconds);
  await parts.state.update((state) => state);
  await parts.store();
  const deploymentId = makeId("deployment", parts.random);
  const plan = { deploymentId, template, category, configuration, timeoutSeconds };
  const { sandbox, agentId, configurationSha256 } = await startInstance(parts, plan, context);
  const createdMs = parts.clock.nowMs();
  try {
    await keepDeployment(parts, { ...plan, sandboxIds: [sandbox.sandboxId], createdMs }, writer);
  } catch (thrown) {
    await endInstance(parts, sandbox.sandboxId).catch(() => undefined);
    throw thrown;
  }
  return {
    deploymentId,
    sandboxId: sandbox.sandboxId,
    template: sandbox.template,
    category,
    status: "running" as const,
    configurationSha256,
    agentId,
    deployedAt: new Date(createdMs).toISOString(),
    endsAt: sandbox.endAt,
  };
});
