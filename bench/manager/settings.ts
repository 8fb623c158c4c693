// What one run measures: `--seconds 150 --seed 1 --out file.json --more yes`. Everything is bounded.
import { openWords } from "../report/words.ts";

export interface Settings {
  /** No half block begins later than this. */
  readonly seconds: number;
  /** Of the bootstrap. */
  readonly seed: number;
  /** Where the numbers go as JSON; null prints them only. */
  readonly out: string | null;
  /** Adds to the half blocks that `out` already holds. */
  readonly more: boolean;
}

const { whole, refused } = openWords("--seconds 150 --seed 1 --out reports/bench-manager.json --more yes");
const maxSeconds = 155;

export function readSettings(args: readonly string[]): Settings {
  let settings: Settings = { seconds: 150, seed: 1, out: "reports/bench-manager.json", more: false };
  for (let at = 0; at < args.length; at += 2) {
    const value = args[at + 1] ?? "";
    if (args[at] === "--seconds") settings = { ...settings, seconds: whole(value, maxSeconds) };
    else if (args[at] === "--seed") settings = { ...settings, seed: whole(value, 0xffff_ffff) };
    else if (args[at] === "--out") settings = { ...settings, out: value === "" ? null : value };
    else if (args[at] === "--more") settings = { ...settings, more: yes(value) };
    else throw refused(`unknown option '${args[at] ?? ""}'`);
  }
  return settings;
}

function yes(text: string): boolean {
  if (text === "yes") return true;
  throw refused(`--more '${text}' is not --more yes`);
}
