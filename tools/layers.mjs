// Enforces layers.json and tidiness over the real imports (oxc-parser). `scan(root)` returns problems and what it saw; a
// scan of nothing is a failure, because an empty scan passes everything.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { builtinModules } from "node:module";
import { parseSync } from "oxc-parser";

const scanned = ["src", "harness", "suites", "bench"];
const forbiddenNames = /(^|[/-])(utils?|helpers?|common|misc|base|new|v2|enhanced|final)(\.ts$|\/)/;
const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

export function scan(root) {
  const layers = JSON.parse(readFileSync(join(root, "layers.json"), "utf8"));
  const rooms = Object.keys(layers.rooms).sort((a, b) => b.length - a.length);
  const roomOf = (path) => rooms.find((room) => path === room || path.startsWith(`${room}/`)) ?? null;
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const declared = Object.keys({ ...dependencies, ...optionalDependencies });
  const problems = [];
  let files = 0;
  let imports = 0;
  for (const path of scanned.flatMap((folder) => typescriptFiles(root, folder))) {
    files += 1;
    const room = roomOf(path);
    if (room === null) problems.push(`${path}: belongs to no room of layers.json`);
    if (forbiddenNames.test(path))
      problems.push(`${path}: the name says nothing (see the style of names in CONTRIBUTING.md)`);
    for (const { specifier, typeOnly, reexport } of importsOf(root, path)) {
      imports += 1;
      if (reexport && path !== "src/index.ts") problems.push(`${path}: only src/index.ts re-exports`);
      const problem = judge({ root, path, room, specifier, typeOnly, layers, roomOf, declared });
      if (problem !== null) problems.push(`${path}: ${problem}`);
    }
  }
  if (files === 0 || imports === 0) problems.push("the scan saw no files or no imports, so it proves nothing");
  return { files, imports, problems };
}

function judge({ root, path, room, specifier, typeOnly, layers, roomOf, declared }) {
  if (specifier.startsWith(".")) {
    const target = relative(root, resolve(root, dirname(path), specifier));
    if (!existsSync(join(root, target)) && !target.includes("/generated/"))
      return `imports ${specifier}, which does not exist`;
    const other = roomOf(target);
    if (other === room || room === null) return null;
    return layers.rooms[room].includes(other) ? null : `${room} may not import ${other ?? target} (${specifier})`;
  }
  if (builtins.has(specifier)) return specifier.startsWith("node:") ? null : `write node:${specifier}`;
  const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0];
  const users = layers.packages[name];
  if (users !== undefined && !users.some((user) => path === user || path.startsWith(`${user}/`))) {
    return `only ${users.join(", ")} may import ${name}`;
  }
  if (!typeOnly && !declared.includes(name)) return `imports ${name}, which is no dependency of the package`;
  return null;
}

function importsOf(root, path) {
  const text = readFileSync(join(root, path), "utf8");
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const literal = ({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    reexport: false,
  });
  const reexports = module.staticExports.flatMap(({ entries }) =>
    entries
      .filter((entry) => entry.moduleRequest !== null)
      .map((entry) => ({ specifier: entry.moduleRequest.value, typeOnly: entry.isType, reexport: true })),
  );
  const dynamic = module.dynamicImports
    .map(({ moduleRequest }) => /^["'`](.*)["'`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1])
    .filter((specifier) => specifier !== undefined)
    .map((specifier) => ({ specifier, typeOnly: false, reexport: false }));
  return [...module.staticImports.map(literal), ...reexports, ...dynamic];
}

function typescriptFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("/generated"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

if (process.argv[1] === import.meta.filename) {
  const { files, imports, problems } = scan(join(import.meta.dirname, ".."));
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`${files} files, ${imports} imports, ${problems.length} problems\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}
