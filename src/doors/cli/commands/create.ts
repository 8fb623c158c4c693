// `create`: starts sandboxes and prints one line for each.
import type { CommandSpec } from "../command-spec.ts";
import { asNumber, asPairs, asSeconds } from "../readers.ts";
import { sandboxTable } from "../sandbox-table.ts";
import { wireForm } from "../wire-form.ts";

export const createCommand: CommandSpec = {
  name: "create",
  group: "Sandboxes",
  summary: "Start sandboxes from a template, in parallel",
  schema: "create.input",
  operands: [],
  options: [
    { flags: "-t, --template <name>", key: "template" },
    { flags: "-c, --count <number>", key: "count", read: asNumber },
    { flags: "-n, --name <name>", key: "name" },
    { flags: "--timeout <seconds>", key: "timeoutSeconds", read: asSeconds },
    { flags: "--cpu-count <number>", key: "cpuCount", read: asNumber },
    { flags: "--memory-mb <number>", key: "memoryMb", read: asNumber },
    { flags: "--env <KEY=VALUE>", key: "envVars", text: "environment of the sandbox, repeatable", read: asPairs },
  ],
  examples: [
    "e2b-swarm create --template node --count 3 --json",
    "e2b-swarm create -n trader --timeout 10m --cpu-count 2",
  ],
  async run(values, session) {
    const output = await session.call("createE2bSandbox", values);
    return { data: wireForm("create.output", output), text: sandboxTable(output.sandboxes) };
  },
};
