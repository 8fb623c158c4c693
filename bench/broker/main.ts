// Tortures the placing of orders and prints what became of them. Exit 0 only when no order was doubled, lost or misremembered.
//   npm run torture:orders -- --orders 500 --seed 1 [--kills 50] [--plant resend|hold|crash]
import { parseArgs } from "node:util";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { runProgram, say } from "../report/program.ts";
import { plants, tortureOrders } from "./torture.ts";

const bounds = { orders: 50_000, seed: 2 ** 31, kills: 1_000 } as const;
const shown = 10;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      orders: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      kills: { type: "string", default: "50" },
      plant: { type: "string" },
    },
  });
  const number = (name: keyof typeof bounds): number => {
    const value = Number(flags[name]);
    if (Number.isInteger(value) && value >= 0 && value <= bounds[name]) return value;
    throw new SwarmError("usage.invalid", `--${name} is ${flags[name]}, not a whole number up to ${bounds[name]}`, {
      hint: `Pass --${name} a whole number`,
    });
  };
  const plant = plants.find((name) => name === flags.plant) ?? null;
  if (flags.plant !== undefined && plant === null) {
    throw new SwarmError("usage.invalid", `--plant is ${flags.plant}, not ${plants.join(", ")}`, {
      hint: `Plant one of ${plants.join(", ")}, or nothing`,
    });
  }
  const report = await tortureOrders({
    orders: number("orders"),
    seed: number("seed"),
    kills: number("kills"),
    clock,
    plant,
  });
  const { desk, posts, accepted, kills, faults, problems } = report;
  say(`seed ${flags.seed}: ${posts} POSTs, ${accepted} orders accepted, ${kills} kills, ${faults} faults`);
  say(
    `record: ${Object.entries(desk.orders)
      .map(([state, count]) => `${state} ${count}`)
      .join(", ")}`,
  );
  say(
    `books: ${desk.executions} executions, sum ${desk.books.totals.sumMicroUsd}, cash ${desk.books.totals.cashMicroUsd}`,
  );
  for (const problem of problems.slice(0, shown)) say(`problem: ${problem}`);
  say(`torture: ${problems.length === 0 ? "no order doubled, lost or misremembered" : `${problems.length} problems`}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

runProgram(main);
