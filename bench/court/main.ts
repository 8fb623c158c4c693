// `node dist/bench/court/main.js false-pass [runs]`: how often the gate passes a system at its limit; exits 1 when too often.
// `… million [samples]`: a bundle of that many samples certified, printed and verified: times and memory; judges nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realClock as clock } from "../../src/host/clock.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { runProgram, say } from "../report/program.ts";
import { openWords } from "../report/words.ts";
import { interpolatingRule, settings, simulateFalsePasses, tableOf } from "./false-pass.ts";
import { makeMillion } from "./make-million.ts";

const words = openWords("node dist/bench/court/main.js false-pass 20000");
const mostRuns = 1_000_000;
const mostSamples = 10_000_000;

function falsePass(runs: number): number {
  const results = settings.map((setting, i) => simulateFalsePasses(setting, runs, i + 1));
  say(`${runs} runs each of a system that is exactly at its limit, 95 % confidence`);
  for (const line of tableOf(results)) say(line);
  const planted = simulateFalsePasses({ qPpm: 990_000, n: 299 }, runs, 1, interpolatingRule);
  say(`planted: interpolation passes P99 at n = 299 in ${((100 * planted.passes) / runs).toFixed(1)} % of runs`);
  return results.every(({ holds }) => holds) && !planted.holds ? 0 : 1;
}

function million(samples: number): number {
  const folder = mkdtempSync(join(tmpdir(), "million-"));
  try {
    const times = makeMillion(folder, samples, clock);
    const own = process.resourceUsage().maxRSS / 1024;
    say(`${samples} samples`);
    say(
      `certify ${times.certify.toFixed(2)} s, render ${times.render.toFixed(2)} s, this process at most ${own.toFixed(0)} MiB`,
    );
    const report = join(folder, "report");
    const verify = timed(process.execPath, [join(packageFolder("dist/harness/verify"), "main.js"), report]);
    const total = times.certify + times.render + verify.seconds;
    say(`verify ${verify.seconds.toFixed(2)} s: ${verify.last}`);
    say(`certify, render and verify together ${total.toFixed(2)} s`);
    const python = timed("python3", [join(packageFolder("deploy/verify"), "verify.py"), report]);
    say(
      python.status === null
        ? "verify.py: no python3 here"
        : `verify.py ${python.seconds.toFixed(2)} s: ${python.last}`,
    );
    return verify.status === 6 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(
  command: string,
  args: readonly string[],
): { readonly seconds: number; readonly last: string; readonly status: number | null } {
  const began = clock.monotonicNs();
  const { stdout, status } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  const last = (stdout ?? "").trim().split("\n").at(-1) ?? "";
  return { seconds: Number(clock.monotonicNs() - began) / 1e9, last, status };
}

runProgram(() => {
  const [kind, count] = process.argv.slice(2);
  if (kind === "false-pass") process.exitCode = falsePass(words.whole(count ?? "20000", mostRuns));
  else if (kind === "million") process.exitCode = million(words.whole(count ?? "1000000", mostSamples));
  else throw words.refused(`there is no measurement called '${kind ?? ""}': false-pass or million`);
});
