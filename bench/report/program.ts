// What the programs of this folder do alike: speak lines, write their numbers with the machine they were taken on, and end
// with the exit code of what went wrong.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Clock } from "../../src/host/clock.ts";

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function keepNumbers(out: string, clock: Clock, measured: object): void {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "unknown", node: process.version };
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify({ takenAtMs: clock.nowMs(), machine, ...measured }, null, 2)}\n`);
  say(`written to ${out}`);
}

export function runProgram(main: () => Promise<void> | void): void {
  Promise.resolve()
    .then(main)
    .catch((thrown: unknown) => {
      const error = SwarmError.from(thrown);
      process.stderr.write(`${error.message}${error.hint === undefined ? "" : `\n${error.hint}`}\n`);
      process.exitCode = error.row.exitCode;
    });
}
