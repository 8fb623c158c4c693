// Turns src/contracts/schemas.ts into src/contracts/generated/{validators.cjs,schemas.json}: precompiled ajv validators and
// plain JSON Schema 2020-12. Run by the build; the result is not checked in.
import { mkdirSync, writeFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import formats from "ajv-formats";

const root = join(import.meta.dirname, "..");
const folder = join(root, "src/contracts/generated");
mkdirSync(folder, { recursive: true });
const bundle = join(folder, `.schemas.${process.pid}.mjs`);
await build({
  entryPoints: [join(root, "src/contracts/schemas.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  outfile: bundle,
});
const { schemas } = await import(pathToFileURL(bundle).href);
rmSync(bundle);

const ajv = new Ajv2020({
  strict: true,
  useDefaults: true,
  allowUnionTypes: true,
  code: { source: true, lines: false },
});
formats.default(ajv, ["date-time"]);
const plain = {};
const ids = Object.keys(schemas);
for (const id of ids) {
  plain[id] = { $schema: "https://json-schema.org/draft/2020-12/schema", ...JSON.parse(JSON.stringify(schemas[id])) };
  ajv.addSchema(plain[id], id);
}
const code = standalone.default(ajv, Object.fromEntries(ids.map((id, i) => [`v${i}`, id])));
const table = `module.exports = {${ids.map((id, i) => `${JSON.stringify(id)}: module.exports.v${i}`).join(",")}};\n`;
writeFileSync(join(folder, "validators.cjs"), `${code}\n${table}`);
writeFileSync(join(folder, "schemas.json"), `${JSON.stringify(plain, null, 1)}\n`);
