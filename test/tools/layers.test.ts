import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
// @ts-expect-error: a plain script without declarations
import { scan } from "../../tools/layers.mjs";

const root = join(import.meta.dirname, "../..");
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function planted(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "layers-"));
  folders.push(folder);
  for (const name of ["layers.json", "package.json"]) cpSync(join(root, name), join(folder, name));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return scan(folder).problems;
}

test("the project keeps its own layers", () => {
  const { files, imports, problems } = scan(root);
  expect(problems).toEqual([]);
  expect(files).toBeGreaterThan(20);
  expect(imports).toBeGreaterThan(20);
});

test("an empty scan is a failure, not a pass", () => {
  expect(planted({})).toEqual(["the scan saw no files or no imports, so it proves nothing"]);
});

const violations: [string, Record<string, string>, string][] = [
  [
    "a room reaching up",
    {
      "src/contracts/a.ts": 'import { x } from "../host/b.ts";\nx();\n',
      "src/host/b.ts": "export const x = () => 1;\n",
    },
    "src/contracts/a.ts: src/contracts may not import src/host (../host/b.ts)",
  ],
  [
    "sandboxes importing local, dynamically",
    { "src/sandboxes/a.ts": 'await import("../local/b.ts");\n', "src/local/b.ts": "export const x = 1;\n" },
    "src/sandboxes/a.ts: src/sandboxes may not import src/local (../local/b.ts)",
  ],
  [
    "a package in the wrong room",
    { "src/backend/a.ts": 'import { Sandbox } from "e2b";\nSandbox;\n' },
    "src/backend/a.ts: only src/sandboxes may import e2b",
  ],
  [
    "verify sharing code with certify",
    {
      "harness/verify/a.ts": 'import { x } from "../certify/b.ts";\nx;\n',
      "harness/certify/b.ts": "export const x = 1;\n",
    },
    "harness/verify/a.ts: harness/verify may not import harness/certify (../certify/b.ts)",
  ],
  [
    "a barrel",
    { "src/host/a.ts": 'export { x } from "./b.ts";\n', "src/host/b.ts": "export const x = 1;\n" },
    "src/host/a.ts: only src/index.ts re-exports",
  ],
  [
    "an undeclared package",
    { "src/host/a.ts": 'import x from "left-pad";\nx;\n' },
    "src/host/a.ts: imports left-pad, which is no dependency of the package",
  ],
  [
    "a file in no room",
    { "src/elsewhere/a.ts": 'import "node:fs";\n' },
    "src/elsewhere/a.ts: belongs to no room of layers.json",
  ],
];

test.each(violations)("catches %s", (_name, files, problem) => {
  expect(planted(files)).toEqual([problem]);
});
