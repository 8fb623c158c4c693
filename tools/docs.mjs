// Writes the generated documents, or with --check fails when the checked-in ones are stale. `--into <folder>` is for its test.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { auditPage } from "./audit-page.mjs";
import { cliPage } from "./cli-page.mjs";
import { configPage, configSchema } from "./config-page.mjs";
import { mcpPage } from "./mcp-page.mjs";

const root = join(import.meta.dirname, "..");
const at = process.argv.indexOf("--into");
const into = at === -1 ? root : process.argv[at + 1];
const { faults } = await import(join(root, "dist/src/contracts/faults.js"));

const rows = Object.entries(faults).map(([code, row]) => {
  const definite = row.definite ? "yes" : "not known";
  return `| \`${code}\` | ${row.doc} | ${definite} | ${row.retry} | ${row.httpStatus} | ${row.exitCode} |`;
});
const pages = {
  "docs/faults.md": `# Faults

Generated from \`src/contracts/faults/\`; do not edit. "Did not happen" says whether the effect certainly did not take place
when the fault is reported.

| code | meaning | did not happen | retry | HTTP | exit |
|---|---|---|---|---|---|
${rows.join("\n")}
`,
  "docs/mcp.md": await mcpPage(),
  "docs/cli.md": await cliPage(),
  "docs/audit.md": await auditPage(),
  "docs/config.md": configPage(),
  "schema/config.schema.json": configSchema(),
};

let stale = 0;
for (const [path, text] of Object.entries(pages)) {
  const file = join(into, path);
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (readOrEmpty(file) !== text) {
    stale += 1;
    process.stdout.write(`${path} is stale: run node tools/docs.mjs\n`);
  }
}
process.exit(stale === 0 ? 0 : 1);

function readOrEmpty(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
