// What one run of the local benchmark measures: `--rounds 30 --sizes 20,50,100,200 --out file.json`. Everything is bounded.
import { SwarmError } from "../../src/contracts/swarm-error.ts";

export interface Settings {
  readonly rounds: number;
  readonly sizes: readonly number[];
  /** Where the numbers go as JSON; null prints them only. */
  readonly out: string | null;
}

const maxRounds = 1000;
const maxSize = 500;

export function readSettings(args: readonly string[]): Settings {
  let settings: Settings = { rounds: 30, sizes: [20, 50, 100, 200], out: "reports/bench-local.json" };
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1] ?? "";
    if (args[at] === "--rounds") settings = { ...settings, rounds: whole(value, maxRounds) };
    else if (args[at] === "--sizes") settings = { ...settings, sizes: sizes(value) };
    else if (args[at] === "--out") settings = { ...settings, out: value === "" ? null : value };
    else throw usage(`unknown option '${args[at] ?? ""}'`);
  }
  return settings;
}

function sizes(text: string): number[] {
  return text === "" ? [] : text.split(",").map((part) => whole(part, maxSize));
}

function whole(text: string, most: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw usage(`'${text}' is not a whole number from 0 to ${most}`);
}

function usage(reason: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot measure: ${reason}`, {
    hint: "Say: --rounds 30 --sizes 20,50,100,200 --out reports/bench-local.json",
  });
}
