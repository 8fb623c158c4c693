// The audit reads a report that anyone may have written, so it runs in a process of its own; with evidence, that process
// has the bundle verified first.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { runProgram } from "../run-program.ts";

const hints = {
  "report.unfit": "Audit a Markdown file in UTF-8; split one that is larger",
  "evidence.missing": "Name the report folder of a run, for instance reports/latest",
  "evidence.mismatch": "Run verify on that folder; it names every contradiction",
} as const;

function isFailure(code: unknown): code is keyof typeof hints {
  return typeof code === "string" && code in hints;
}

export const handle = handler("audit.input", "audit.output", async (_parts, input, context) => {
  const report = resolve(input.report);
  if (statSync(report, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new SwarmError("report.missing", `Cannot audit ${input.report}: there is no such file`, {
      hint: "Name a Markdown file, for instance reports/latest/report.md",
    });
  }
  const evidence = input.evidence === undefined ? [] : ["--evidence", resolve(input.evidence)];
  const args = [report, "--json", "--most", String(input.most ?? 100), ...evidence];
  const end = await runProgram(programPath("audit"), args, context);
  const answer: unknown = end.stdout === "" ? null : JSON.parse(end.stdout);
  if (!isRecord(answer)) throw new SwarmError("internal", "The auditor did not answer with an object");
  const { failed, sentence } = answer;
  if (isFailure(failed)) {
    throw new SwarmError(failed, typeof sentence === "string" ? sentence : failed, { hint: hints[failed] });
  }
  return parse("audit.output", answer, "internal");
});
