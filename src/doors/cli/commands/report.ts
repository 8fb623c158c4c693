// `report`: draws the reports of a run again from its evidence.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

export const reportCommand: CommandSpec = {
  name: "report",
  group: "Evidence",
  summary: "Draw the reports of a run again from its evidence",
  schema: "report.input",
  operands: [{ syntax: "<folder>", key: "folder", text: "report folder of a run" }],
  options: [
    {
      flags: "--format <list>",
      key: "formats",
      text: "only some of html, markdown, junit, ctrf, sarif, summary, json, badge",
      read: asList,
    },
    { flags: "--out <folder>", key: "out" },
  ],
  examples: ["e2b-swarm report reports/latest", "e2b-swarm report reports/latest --format badge --out public"],
  async run(values, session) {
    const output = await session.call("report", values);
    const summary = alignedPairs([
      ["run", output.runId],
      ["verdict", output.expired ? `${output.verdict}, expired` : output.verdict],
      ["folder", output.folder],
      ...output.remarks.map((line): [string, string] => ["left out", line]),
    ]);
    const rows = output.files.map(({ name, state, written }) => [name, state, written ? "written" : "not written"]);
    return {
      data: wireForm("report.output", output),
      text: `${summary}\n\n${alignedTable(["FILE", "AGAINST THE RUN", ""], rows)}`,
      runId: output.runId,
    };
  },
};
