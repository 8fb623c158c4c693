// `verify`: recomputes a report from its evidence. Exits with the re-derived verdict, or 7 when the evidence does not verify.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { evidenceDoesNotVerify, verdictExit } from "../verdict-exit.ts";
import { wireForm } from "../wire-form.ts";

export const verifyCommand: CommandSpec = {
  name: "verify",
  group: "Evidence",
  summary: "Recompute every number of a report from its evidence",
  schema: "verify.input",
  operands: [{ syntax: "<folder>", key: "folder", text: "report folder of a run, or file of a quorum certificate" }],
  options: [
    { flags: "--integrity-only", key: "integrityOnly" },
    { flags: "--trust <keys.json>", key: "trust" },
  ],
  examples: [
    "e2b-swarm verify reports/latest",
    "e2b-swarm verify reports/latest --trust keys.json",
    "e2b-swarm verify certificate.json",
  ],
  async run(values, session) {
    const output = await session.call("verify", values);
    const summary = alignedPairs([
      ["verified", output.verified],
      ["verdict", output.verdict],
      ...output.checked.map((line): [string, string] => ["checked", line]),
      ...output.remarks.map((line): [string, string] => ["note", line]),
    ]);
    const problems = output.problems.map(({ file, place, claim, problem }) => [
      file,
      place ?? "",
      claim ?? "",
      problem,
    ]);
    // A certificate has no verdict of its own: it holds or not.
    const agreed = values.integrityOnly === true || output.verdict === null ? 0 : verdictExit(output.verdict);
    return {
      data: wireForm("verify.output", output),
      text:
        problems.length === 0
          ? summary
          : `${summary}\n\n${alignedTable(["FILE", "PLACE", "CLAIM", "PROBLEM"], problems)}`,
      exitCode: output.verified ? agreed : evidenceDoesNotVerify,
    };
  },
};
