// What one run of the local benchmark measures: `--rounds 30 --sizes 20,50,100,200 --out file.json`. Everything is bounded.
import { openWords } from "../report/words.ts";

export interface Settings {
  readonly rounds: number;
  readonly sizes: readonly number[];
  /** Where the numbers go as JSON; null prints them only. */
  readonly out: string | null;
}

const { whole, refused } = openWords("--rounds 30 --sizes 20,50,100,200 --out reports/bench-local.json");
const maxRounds = 1000;
const maxSize = 500;

export function readSettings(args: readonly string[]): Settings {
  let settings: Settings = { rounds: 30, sizes: [20, 50, 100, 200], out: "reports/bench-local.json" };
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1] ?? "";
    if (args[at] === "--rounds") settings = { ...settings, rounds: whole(value, maxRounds) };
    else if (args[at] === "--sizes") settings = { ...settings, sizes: sizes(value) };
    else if (args[at] === "--out") settings = { ...settings, out: value === "" ? null : value };
    else throw refused(`unknown option '${args[at] ?? ""}'`);
  }
  return settings;
}

function sizes(text: string): number[] {
  return text === "" ? [] : text.split(",").map((part) => whole(part, maxSize));
}
