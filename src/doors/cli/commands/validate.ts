// `validate`: the five suites and the benchmark on the chosen target. Exits with the verdict.
import { alignedPairs } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList } from "../readers.ts";
import { verdictExit } from "../verdict-exit.ts";
import { wireForm } from "../wire-form.ts";

export const validateCommand: CommandSpec = {
  name: "validate",
  group: "Evidence",
  summary: "Run the five suites and the benchmark, write a report, exit with its verdict",
  schema: "validate.input",
  operands: [],
  options: [
    {
      flags: "--layers <list>",
      key: "layers",
      text: "only some of backend, mcp, cli, trading, production; the run is then incomplete",
      read: asList,
    },
    { flags: "--out <folder>", key: "out" },
    { flags: "--profile <name>", key: "profile" },
    { flags: "--confirm-cost", key: "confirmCost" },
    { flags: "--plan <folder>", key: "plan" },
    { flags: "--shard <i/n>", key: "shard" },
    { flags: "--merge <folders>", key: "merge", read: asList },
    { flags: "--no-bench", key: "bench", text: "leave the benchmark out; the run is then incomplete" },
  ],
  examples: [
    "e2b-swarm validate",
    "e2b-swarm validate --target cloud --out reports",
    "e2b-swarm validate --plan plan --shard 1/2",
  ],
  async run(values, session) {
    const output = await session.call("validate", values);
    const text = alignedPairs([
      ["verdict", output.verdict],
      ["target", output.target],
      ["isolation", output.isolation],
      ["run", output.runId],
      [
        "claims",
        Object.entries(output.claims)
          .map(([state, count]) => `${count} ${state}`)
          .join(", "),
      ],
      ["report", output.folder],
      ...output.conditions.map((condition): [string, string] => ["condition", condition]),
    ]);
    return {
      data: wireForm("validate.output", output),
      text,
      exitCode: verdictExit(output.verdict),
      runId: output.runId,
    };
  },
};
