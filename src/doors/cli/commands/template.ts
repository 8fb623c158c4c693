// `template deploy|scale|export`: sandboxes of a template with a configuration, and templates made of sandboxes.
import { alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asJsonPairs, asNumber, asSeconds } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

const group = "Templates";

const deploy: CommandSpec = {
  name: "template deploy",
  group,
  summary: "Start a sandbox of a template with a configuration inside",
  schema: "template-deploy.input",
  operands: [{ syntax: "<template>", key: "templateName", text: "base, node, python or a template of the target" }],
  options: [
    { flags: "-c, --category <name>", key: "category", mandatory: true },
    {
      flags: "--set <key=value>",
      key: "configuration",
      text: "of the configuration, JSON or text, repeatable; in the category trading strategy=<agent> starts it",
      read: asJsonPairs,
    },
    { flags: "--timeout <duration>", key: "timeoutSeconds", read: asSeconds },
  ],
  examples: [
    "e2b-swarm template deploy node --category custom --set retries=3",
    `e2b-swarm template deploy node -c trading --set strategy=momentum --set 'symbols=["AAPL"]'`,
  ],
  async run(values, session) {
    const output = await session.call("deployE2bTemplate", values);
    const agent = output.agentId === null ? "" : ` with ${output.agentId}`;
    return {
      data: wireForm("template-deploy.output", output),
      text: output.deploymentId,
      note: `${output.sandboxId}${agent} runs until ${output.endsAt}`,
    };
  },
};

const scale: CommandSpec = {
  name: "template scale",
  group,
  summary: "Bring a deployment to so many instances",
  schema: "deployment-scale.input",
  operands: [{ syntax: "<deployment>", key: "deploymentId", text: "id of the deployment, as deploy printed it" }],
  options: [
    { flags: "-c, --count <n>", key: "instanceCount", read: asNumber, mandatory: true },
    { flags: "--auto-scale", key: "autoScale", text: "refused: nothing measures the load of a deployment" },
  ],
  examples: ["e2b-swarm template scale <deployment> --count 3"],
  async run(values, session) {
    const output = await session.call("scaleE2bDeployment", values);
    return {
      data: wireForm("deployment-scale.output", output),
      text: alignedTable(
        ["SANDBOX", "STATUS"],
        output.instances.map((one) => [one.sandboxId, one.status]),
      ),
      note: `${output.previousInstances} -> ${output.totalInstances} instances`,
    };
  },
};

const exported: CommandSpec = {
  name: "template export",
  group,
  summary: "Make a template of a running sandbox",
  schema: "template-export.input",
  operands: [
    { syntax: "<id>", key: "sandboxId", text: "id of the sandbox" },
    { syntax: "<name>", key: "templateName", text: "name of the new template" },
  ],
  options: [{ flags: "--include-data", key: "includeData" }],
  examples: ["e2b-swarm template export <id> my-agent", "e2b-swarm template export <id> my-agent --include-data"],
  async run(values, session) {
    const output = await session.call("exportE2bTemplate", values);
    const size = output.sizeMb === null ? "size not measured" : `${output.sizeMb.toFixed(1)} MB`;
    return {
      data: wireForm("template-export.output", output),
      text: output.templateId,
      note: `${output.includesData ? "With" : "Without"} the data of ${output.sandboxId}, ${size}`,
    };
  },
};

export const templateCommands: readonly CommandSpec[] = [deploy, scale, exported];
