// docs/audit.md: how a report is graded, and every lint with its one-sentence reason, read from the table of lints.
import { join } from "node:path";

export async function auditPage() {
  const room = join(import.meta.dirname, "../dist/harness/audit");
  const { evidenceLint, lints } = await import(join(room, "lints/table.js"));
  const { mostNumbers, mostReportBytes } = await import(join(room, "limits.js"));
  const rows = [...lints, evidenceLint].map(
    ({ name, refuses, wanted }) =>
      `| \`${name}\` | ${refuses.replaceAll("|", "\\|")} | ${wanted.replaceAll("|", "\\|")} |`,
  );
  return `# Audit

Generated from \`harness/audit/lints/table.ts\`; do not edit.

\`e2b-swarm audit <report.md>\` reads any Markdown report and grades each of its numeric claims:

| grade | meaning |
|---|---|
| proven | the number recomputes from other numbers of the report (\`recomputed\`: the weaker kind, because those may be false together), or a bundle given with \`--evidence\` verifies and says it (\`evidence\`) |
| contradicted | the report itself, or the verified bundle, says otherwise; the operands are named with their lines |
| unsupported | nothing in the report gives it and no evidence was compared, or a lint refuses it for want of evidence |

Dates, versions, ids, ordinals and limits claim nothing; they are counted as unclaimed and listed with their reason. With \`--evidence\`, a
number of the bundle's own report that no claim states (how long a check took) is listed there too. Code blocks make no claims; ids, moments
and edges in them are read, because that is where reports quote answers.

Numbers are compared as the intervals that their printed digits stand for, in exact fractions, so rounding contradicts nothing; a quotient may
also have been cut off. A contradiction outweighs everything, evidence outweighs a refusal, and a refusal outweighs arithmetic: the mean of
invented scores is still invented.

Exit codes: 0 nothing is contradicted or unsupported, 1 something is contradicted, 6 something is only unsupported, 2 wrong usage or an unfit
report (above ${mostReportBytes} bytes or ${mostNumbers} numbers, or no UTF-8), 5 no such report or bundle, 7 the bundle does not verify.

| lint | refuses | what would prove it |
|---|---|---|
${rows.join("\n")}
`;
}
