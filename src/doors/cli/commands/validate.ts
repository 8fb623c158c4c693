// `validate`: the five suites and the benchmark on the chosen target. Exits with the verdict.
import type { OperationOutput } from "../../../backend/backend.ts";
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec, Outcome } from "../command-spec.ts";
import { asList } from "../readers.ts";
import { verdictExit } from "../verdict-exit.ts";
import { wireForm } from "../wire-form.ts";

type Output = OperationOutput<"validate">;

/** A table of who noticed what; 0 only when everything was. */
function sabotageOutcome(
  output: Output,
  { tried, caught, seconds, defects }: NonNullable<Output["sabotage"]>,
): Outcome {
  const rows = defects.map((one) => [
    one.id,
    one.caught ? "caught" : "MISSED",
    one.caughtBy.join(" ") || "nobody",
    one.saw.slice(0, 70),
  ]);
  return {
    data: wireForm("validate.output", output),
    text: `${alignedTable(["DEFECT", "", "BY", "SAW"], rows)}\n${caught} of ${tried} caught in ${seconds} s; ${output.folder}`,
    exitCode: caught === tried ? 0 : 1,
    runId: output.runId,
  };
}

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
    {
      flags: "--sabotage <list>",
      key: "sabotage",
      text: "instead of a run: plant all defects, or those named, into copies of the package and see who notices",
      read: asList,
    },
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
    const { sabotage } = output;
    if (sabotage !== undefined) return sabotageOutcome(output, sabotage);
    const text = alignedPairs([
      ["verdict", output.verdict ?? "none"],
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
