// docs/config.md and schema/config.schema.json from the schema the program itself checks config files with.
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const { configNames, configRows } = await import(join(root, "dist/src/contracts/config-keys.js"));
const { jsonSchema } = await import(join(root, "dist/src/contracts/parse.js"));

/** The published schema. */
export function configSchema() {
  const draft = "https://json-schema.org/draft/2020-12/schema";
  return `${JSON.stringify({ $schema: draft, ...jsonSchema("config") }, null, 2)}\n`;
}

/** The text of the page. */
export function configPage() {
  const schema = jsonSchema("config");
  const rows = configRows.map(({ key, variable, flag, preset, isPath }) => {
    const about = key.split(".").reduce((at, name) => at?.properties?.[name], schema);
    if (about === undefined) throw new Error(`no schema for ${key}`);
    const kind = about.enum === undefined ? (isPath === true ? "path" : about.type) : about.enum.join(", ");
    const shown = flag === null ? "" : `\`${flag}\``;
    return `| \`${key}\` | ${kind} | ${preset} | \`${variable}\` | ${shown} | ${about.description} |`;
  });
  return `# The config file

Generated from \`src/contracts/config.ts\` and \`config-keys.ts\` (\`node tools/docs.mjs\`); do not edit.

\`${configNames[0]}\`, ${configNames
    .slice(1)
    .map((name) => `\`${name.slice(16)}\``)
    .join(", ")}, in the working folder or above it, up to the root of the repository
or the home; the nearest counts. \`--config <file>\` names another, \`--no-config\` uses none. What is said most closely holds: flag, then variable of
the environment, then config file, then default. A module is run, so it is run only when a command opens something: never for help,
\`--version\` or completion. An unknown key is refused with its line. Keys of services are no keys of this file: they stay in the environment.

\`\`\`ts
// e2b-swarm.config.ts
import { defineConfig } from "e2b-swarm";

export default defineConfig({ target: "local", budgetDaily: 2, pool: { size: 5, warm: 2 } });
\`\`\`

\`\`\`json
{ "$schema": "./node_modules/e2b-swarm/schema/config.schema.json", "target": "local", "budgetDaily": 2 }
\`\`\`

| key | type | default | variable | flag | what it is |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
