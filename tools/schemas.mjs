// Turns src/contracts/schemas.ts into src/contracts/generated/{validators/<id>.cjs,schemas/<id>.json}: precompiled ajv
// validators and plain JSON Schema 2020-12, a file each because a command needs two or three of them. Run by the build; the
// result is not checked in.
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
for (const part of ["validators", "schemas"]) {
  rmSync(join(folder, part), { recursive: true, force: true });
  mkdirSync(join(folder, part));
}
for (const id of ids) {
  const validate = ajv.getSchema(id);
  writeFileSync(join(folder, "validators", `${id}.cjs`), `${standalone.default(ajv, validate)}\n`);
  writeFileSync(join(folder, "schemas", `${id}.json`), `${JSON.stringify(plain[id], null, 1)}\n`);
}
