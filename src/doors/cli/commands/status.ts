// `status`: one sandbox, asked fresh from the target.
import { alignedPairs } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { wireForm } from "../wire-form.ts";

export const statusCommand: CommandSpec = {
  name: "status",
  group: "Sandboxes",
  summary: "Show one sandbox as the target sees it now",
  schema: "status.input",
  operands: [{ syntax: "<id>", key: "sandboxId", text: "id of a sandbox" }],
  options: [],
  examples: ["e2b-swarm status <id> --json"],
  async run(values, session) {
    const output = await session.call("getE2bSandboxStatus", values);
    const { metrics } = output;
    const text = alignedPairs([
      ["id", output.sandboxId],
      ["name", output.name],
      ["template", output.template],
      ["status", output.status],
      ["created", output.createdAt],
      ["ends", output.endAt],
      ["uptime s", output.uptimeSeconds],
      ["cpu", output.resources.cpuCount],
      ["memory MiB", output.resources.memoryMb],
      ["cpu used %", metrics?.cpuPercent ?? null],
      ["memory used MiB", metrics?.memoryUsedMb ?? null],
      ["disk used MiB", metrics?.diskUsedMb ?? null],
      ["processes", output.processesRunning],
      ["url", output.url],
    ]);
    return { data: wireForm("status.output", output), text };
  },
};
