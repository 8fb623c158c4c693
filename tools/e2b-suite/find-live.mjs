// Which cases need a server: the suite's own source runs with its own mocks against an address where nobody listens, and
// what fails there is live. Titles and file names are all that is kept.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runVitest } from "./run-vitest.mjs";

const deadDomain = "nobody.invalid:9";

export async function findLive(workspace, workers) {
  const tests = readdirSync(join(workspace.run, "tests"), { recursive: true })
    .map((name) => `tests/${String(name)}`)
    .filter((name) => name.endsWith(".test.ts") && !name.startsWith("tests/runtimes/"))
    .sort();
  const env = { E2B_DOMAIN: deadDomain, E2B_API_KEY: `e2b_${"0".repeat(40)}` };
  const outcome = await runVitest(workspace, { files: tests, workers, env });
  const broken = outcome.find((one) => one.title === null);
  if (broken !== undefined) throw new Error(`${broken.file} cannot be loaded: ${broken.message}`);
  const cases = {};
  for (const file of tests) {
    const failed = outcome.filter((one) => one.file === file && one.status === "failed");
    if (failed.length > 0) cases[file] = failed.map((one) => one.title);
  }
  const total = Object.values(cases).flat().length;
  return { suite: `e2b-dev/E2B@${workspace.commit}`, total, files: tests.length, seen: outcome.length, cases };
}
