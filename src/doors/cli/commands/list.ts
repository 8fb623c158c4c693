// `list`: the sandboxes the target knows.
import type { CommandSpec } from "../command-spec.ts";
import { sandboxTable } from "../sandbox-table.ts";
import { wireForm } from "../wire-form.ts";

export const listCommand: CommandSpec = {
  name: "list",
  group: "Sandboxes",
  summary: "List sandboxes",
  schema: "list.input",
  operands: [],
  options: [{ flags: "-s, --status <status>", key: "status" }],
  examples: ["e2b-swarm list --status running", "e2b-swarm list --json"],
  async run(values, session) {
    const output = await session.call("listE2bSandboxes", values);
    const text = output.sandboxes.length === 0 ? "" : sandboxTable(output.sandboxes);
    const note = output.sandboxes.length === 0 ? "No sandboxes" : undefined;
    return { data: wireForm("list.output", output), text, ...(note === undefined ? {} : { note }) };
  },
};
