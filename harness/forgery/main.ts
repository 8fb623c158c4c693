// `node dist/harness/forgery/main.js <report folder> [id …]`: every named forgery of that bundle against both verifiers, and how
// many each of them caught. Exits 1 when one slipped through, 2 for wrong usage.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageFolder } from "../../src/host/package-folder.ts";
import { rowOf, rowsOf } from "./copy.ts";
import { forgeries, runForgeries, type ForgeryRun, type Verdict, type Verifier } from "./run-forgeries.ts";

const python: Verifier = (folders, trustedKeys) =>
  folders.map((folder) => {
    const program = join(packageFolder("deploy/verify"), "verify.py");
    const args = [program, folder, "--json", "--trust", join(trustedKeys, "keys.json")];
    const { stdout } = spawnSync("python3", args, { encoding: "utf8", maxBuffer: 64 << 20 });
    const answer = rowOf(JSON.parse(stdout));
    return {
      exitCode: Number(answer["exitCode"]),
      problems: rowsOf(answer["problems"]).map((one) => ({
        file: String(one["file"]),
        problem: String(one["problem"]),
      })),
    } satisfies Verdict;
  });

function say(...cells: readonly string[]): void {
  process.stdout.write(
    `${cells
      .map((cell, i) => cell.padEnd([40, 11][i] ?? 0))
      .join(" ")
      .trimEnd()}\n`,
  );
}

function report(name: string, { results, control }: ForgeryRun): number {
  if (control !== "") {
    say(`${name}: the unforged copy does not verify: ${control}`);
    return 1;
  }
  say("FORGERY", "CAUGHT", `BY ${name}`);
  for (const { id, caught, by } of results)
    say(id, caught === null ? "no room" : caught ? "yes" : "NO", by.slice(0, 160));
  const tried = results.filter(({ caught }) => caught !== null);
  const missed = tried.filter(({ caught }) => caught === false);
  say(
    `${name}: ${tried.length - missed.length} of ${tried.length} caught, ${results.length - tried.length} without room in this bundle`,
  );
  return missed.length;
}

function main(args: readonly string[]): number {
  const [folder, ...chosen] = args;
  const unknown = chosen.filter((id) => !forgeries.some((one) => one.id === id));
  if (folder === undefined || unknown.length > 0) {
    process.stderr.write(`Usage: forgeries <report folder> [id …]\nIds: ${forgeries.map(({ id }) => id).join(", ")}\n`);
    return 2;
  }
  const some = chosen.length === 0 ? {} : { chosen };
  let missed = report("verify", runForgeries(folder, some));
  if (spawnSync("python3", ["--version"]).status === 0) {
    missed += report("verify.py", runForgeries(folder, { ...some, verifier: python }));
  } else say("verify.py: not tried, this machine has no python3");
  return missed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
