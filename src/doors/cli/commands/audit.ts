// `audit`: grades every numeric claim of a Markdown report. Exits 0 when nothing is refused, 1 when something is
// contradicted, 6 when something is only unsupported.
import { alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

/** Columns of a claim that fit a terminal. */
const widest = 100;

function cut(text: string): string {
  return text.length <= widest ? text : `${text.slice(0, widest - 1)}…`;
}

export const auditCommand: CommandSpec = {
  name: "audit",
  group: "Evidence",
  summary: "Grade every number of a Markdown report: proven, contradicted or unsupported",
  schema: "audit.input",
  operands: [{ syntax: "<report.md>", key: "report", text: "Markdown file whose numbers are graded" }],
  options: [
    { flags: "--evidence <folder>", key: "evidence" },
    { flags: "--most <n>", key: "most", read: asNumber },
  ],
  examples: [
    "e2b-swarm audit report.md",
    "e2b-swarm audit reports/latest/report.md --evidence reports/latest",
    "e2b-swarm audit report.md --most 10 --json",
  ],
  async run(values, session) {
    const output = await session.call("audit", values);
    const { proven, contradicted, unsupported, unclaimed } = output.counts;
    const refused = output.claims.filter(({ grade }) => grade !== "proven");
    const rows = refused.map(({ grade, lint, line, text, because }) => [grade, lint, line, cut(text), cut(because)]);
    const table = rows.length === 0 ? "" : `${alignedTable(["GRADE", "LINT", "LINE", "CLAIM", "BECAUSE"], rows)}\n\n`;
    const more = output.leftOut === 0 ? "" : `; ${output.leftOut} more are not listed`;
    const nothing = proven + contradicted + unsupported === 0 ? "; no claim was found, so nothing was proven" : "";
    const summary = `${contradicted} contradicted, ${unsupported} unsupported, ${proven} proven, ${unclaimed} unclaimed`;
    return {
      data: wireForm("audit.output", output),
      text: `${table}${summary}${more}${nothing}`,
      exitCode: output.exitCode,
    };
  },
};
