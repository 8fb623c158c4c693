// `health`: what is recorded here against what the target says.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { wireForm } from "../wire-form.ts";

export const healthCommand: CommandSpec = {
  name: "health",
  group: "Evidence",
  summary: "Probe each part and compare the record with the target",
  operands: [],
  options: [
    { flags: "--detailed", key: "detailed", text: "also sandboxes this folder did not create, and every check" },
  ],
  examples: ["e2b-swarm health --detailed"],
  async run(values, session) {
    const detailed = values.detailed === true;
    const output = await session.call("monitorE2bHealth", { includeAllSandboxes: detailed });
    const { sandboxes, agents } = output;
    const pairs = alignedPairs([
      ["status", output.status],
      ["target", output.target],
      ["isolation", output.isolation],
      ["sandboxes", `${sandboxes.running} running, ${sandboxes.lost} lost, ${sandboxes.total} in all`],
      ["agents", `${agents.active} active, ${agents.total} in all`],
    ]);
    const checks = alignedTable(
      ["CHECK", "OK", "DETAIL"],
      output.checks.map(({ name, ok, detail }) => [name, ok, detail]),
    );
    const parts = [pairs, ...(detailed ? [checks] : []), ...output.issues.map((issue) => `issue  ${issue}`)];
    return {
      data: wireForm("health.output", output),
      text: parts.join("\n"),
      exitCode: output.status === "healthy" ? 0 : 1,
    };
  },
};
