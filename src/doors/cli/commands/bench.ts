// `bench`: the benchmark without the suites. Its figures inform; it exits 0 when they are there, whatever they are.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { wireForm } from "../wire-form.ts";

export const benchCommand: CommandSpec = {
  name: "bench",
  group: "Evidence",
  summary: "Measure without the suites; the figures inform and certify nothing",
  schema: "bench.input",
  operands: [],
  options: [
    { flags: "--profile <name>", key: "profile" },
    { flags: "--confirm-cost", key: "confirmCost" },
    { flags: "--out <folder>", key: "out" },
  ],
  examples: ["e2b-swarm bench", "e2b-swarm bench --profile stress"],
  async run(values, session) {
    const output = await session.call("benchmark", values);
    const rows = output.claims.map(({ id, sentence, value, unit, n }) => [id, sentence, shown(value, unit), n]);
    const summary = alignedPairs([
      ["INFO", "these figures inform; nothing is certified by them"],
      ["target", `${output.target}, ${output.isolation}`],
      ["profile", output.profile],
      ["run", output.runId],
      ["report", output.folder],
      ...output.conditions.map((condition): [string, string] => ["condition", condition]),
    ]);
    const text = `${alignedTable(["CLAIM", "WHAT", "VALUE", "SAMPLES"], rows)}\n\n${summary}`;
    return { data: wireForm("bench.output", output), text, runId: output.runId };
  },
};

function shown(value: number | null, unit: "ns" | "count" | "ppm" | "microusd"): string {
  if (value === null) return "none";
  switch (unit) {
    case "ns":
      return `${(value / 1e6).toFixed(2)} ms`;
    case "ppm":
      return `${(value / 1e4).toFixed(2)} %`;
    case "microusd":
      return `$${(value / 1e6).toFixed(6)}`;
    case "count":
      return String(value);
  }
}
