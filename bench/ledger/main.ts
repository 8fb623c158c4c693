// Tortures the ledger and prints what its books say. Exit 0 only when nothing differs.
//   npm run torture:ledger -- --fills 100000 --writers 20 --seed 1 [--kills 20] [--plant doubled|lost|one-sided-fee]
import { parseArgs } from "node:util";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { runProgram, say } from "../report/program.ts";
import { isSound, plants, torture, type Plant } from "./torture.ts";

const sayEveryMs = 5_000;
const shown = 10;
const bounds = { fills: 1_000_000, writers: 64, seed: 2 ** 31, kills: 1_000 } as const;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      fills: { type: "string", default: "100000" },
      writers: { type: "string", default: "20" },
      seed: { type: "string", default: "1" },
      kills: { type: "string", default: "20" },
      plant: { type: "string" },
    },
  });
  const number = (name: keyof typeof bounds): number => wholeNumber(name, flags[name]);
  const plan = { fills: number("fills"), writers: number("writers"), seed: number("seed") };
  const began = clock.monotonicNs();
  let saidAt = clock.nowMs();
  const progress = (acknowledged: number, of: number): void => {
    if (clock.nowMs() - saidAt < sayEveryMs) return;
    saidAt = clock.nowMs();
    process.stderr.write(`${acknowledged} of ${of} deliveries\n`);
  };
  const report = await torture({ plan, kills: number("kills"), clock, plant: plantOf(flags.plant), progress });
  const { crew, books } = report;
  say(
    `${plan.fills} fills, ${plan.writers} writers, seed ${plan.seed}: ${crew.deliveries} deliveries, ` +
      `${crew.acknowledged} acknowledged (${crew.booked} first, the rest again), ${crew.kills} writers killed`,
  );
  for (const [name, value] of Object.entries(books.totals)) say(`${name.padEnd(20)} ${value}`);
  say(`books                ${report.sha256}`);
  say(`restored elsewhere   ${report.restoredSha256 ?? "not asked for"}`);
  for (const difference of books.differences.slice(0, shown)) say(`difference           ${JSON.stringify(difference)}`);
  const seconds = Number((clock.monotonicNs() - began) / 1_000_000_000n);
  const sound = isSound(report, plan);
  say(`torture: ${sound ? "zero difference, no fill doubled or lost" : `${books.found} differences`}, ${seconds} s`);
  process.exitCode = sound ? 0 : 1;
}

function wholeNumber(name: keyof typeof bounds, text: string): number {
  const value = Number(text);
  const least = name === "kills" ? 0 : 1;
  if (Number.isInteger(value) && value >= least && value <= bounds[name]) return value;
  throw new SwarmError("usage.invalid", `--${name} is ${text}, not a whole number from ${least} to ${bounds[name]}`, {
    hint: `Pass --${name} a whole number`,
  });
}

function plantOf(text: string | undefined): Plant | null {
  const plant = plants.find((one) => one === text);
  if (text === undefined || plant !== undefined) return plant ?? null;
  throw new SwarmError("usage.invalid", `--plant is ${text}, not one of ${plants.join(", ")}`, {
    hint: "Plant one of them, or nothing",
  });
}

runProgram(main);
