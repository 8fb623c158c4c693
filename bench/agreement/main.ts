// `node dist/bench/agreement/main.js storm --seeds 10000`: votes under attack, each seed checked; ends with 1 and the command
// that replays the first bad seed. `… speed`: ballots verified per second as a ratio to bare Ed25519; judges nothing.
import { realClock as clock } from "../../src/host/clock.ts";
import { keepNumbers, runProgram, say } from "../report/program.ts";
import { checkStorm } from "./check-storm.ts";
import { readSettings, type Settings } from "./settings.ts";
import { measureSpeed } from "./speed.ts";
import { runStorm } from "./storm.ts";

const goal = "ballots verified: at least 0.8 of bare Ed25519";
const shownViolations = 10;

/** Exit code 1 when a seed broke a law. */
function storm({ seeds, from, keys, flaw }: Extract<Settings, { kind: "storm" }>): number {
  let certificates = 0;
  let equivocators = 0;
  let broken = 0;
  const began = clock.monotonicNs();
  for (let seed = from; seed < from + seeds; seed++) {
    const found = checkStorm(runStorm({ seed, keys, flaw }), flaw === "signatures-ignored");
    certificates += found.certificates;
    equivocators += found.equivocators;
    if (found.violations.length === 0) continue;
    broken += 1;
    if (broken > shownViolations) continue;
    for (const violation of found.violations) say(`seed ${seed}: ${violation}`);
    const flawed = flaw === undefined ? "" : ` --flaw ${flaw}`;
    say(`replay: node dist/bench/agreement/main.js storm --seeds 1 --from ${seed} --keys ${keys}${flawed}`);
  }
  const seconds = Number(clock.monotonicNs() - began) / 1e9;
  say(`${seeds} seeds from ${from}, keys ${keys}${flaw === undefined ? "" : `, planted ${flaw}`}`);
  say(`${certificates} certificates, ${equivocators} equivocators seen and named, ${broken} seeds broke a law`);
  say(`${seconds.toFixed(1)} s`);
  return broken === 0 ? 0 : 1;
}

function speed({ rounds, out }: Extract<Settings, { kind: "speed" }>): number {
  const measured = measureSpeed(clock, rounds);
  say(`bare Ed25519 verifications/s   ${measured.bareVerifies.toFixed(0)}`);
  say(
    `ballots verified/s             ${measured.ballotsVerified.toFixed(0)}   ratio ${measured.verifiedRatio.toFixed(3)}`,
  );
  say(
    `ballots settled/s              ${measured.ballotsSettled.toFixed(0)}   ratio ${measured.settledRatio.toFixed(3)}`,
  );
  say(`goal: ${goal}`);
  if (out !== null) {
    keepNumbers(out, clock, { goal, ...measured });
  }
  return 0;
}

runProgram(() => {
  const settings = readSettings(process.argv.slice(2));
  process.exitCode = settings.kind === "storm" ? storm(settings) : speed(settings);
});
