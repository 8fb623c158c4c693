// The one gate. Every step runs even when an earlier one failed; the last line counts them. `--skip tests` leaves a step
// out and says so (the CI script runs the tests on their own first).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = (name) => join(root, "node_modules/.bin", name);
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-pack-"));
const steps = [
  ["format", bin("oxfmt"), ["--check"]],
  ["lint", bin("oxlint"), []],
  ["types", bin("tsc"), ["-p", "tsconfig.json"]],
  ["layers", process.execPath, ["tools/layers.mjs"]],
  ["build", process.execPath, ["tools/build.mjs", "--if-stale"]],
  ["docs", process.execPath, ["tools/docs.mjs", "--check"]],
  ["dead code", bin("knip"), ["--no-progress"]],
  ["pack", "npm", ["pack", "--silent", "--pack-destination", scratch]],
  ["publint", bin("publint"), () => ["run", tarball(), "--strict"]],
  ["attw", bin("attw"), () => [tarball(), "--profile", "esm-only", "--no-emoji"]],
  ["tests", bin("vitest"), ["run"]],
];
const skipped = process.argv.flatMap((word, i) => (word === "--skip" ? [process.argv[i + 1]] : []));

function tarball() {
  const name = readdirSync(scratch).find((entry) => entry.endsWith(".tgz"));
  return join(scratch, name ?? "missing.tgz");
}

let passed = 0;
let failed = 0;
for (const [name, command, args] of steps) {
  if (skipped.includes(name)) {
    process.stdout.write(`left out ${String(name)} (asked for)\n`);
    continue;
  }
  const began = Date.now();
  const result = spawnSync(command, typeof args === "function" ? args() : args, { cwd: root, encoding: "utf8" });
  const ok = result.status === 0;
  if (ok) passed += 1;
  else failed += 1;
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${String(name)} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  if (!ok) process.stdout.write(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}\n`);
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`check: ${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
