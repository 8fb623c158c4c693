// The units a report prints and the dimension of each. A number means its unit; two numbers are compared only within one
// dimension. KB is a thousand bytes and KiB 1,024, as the standards have it.
import { ratio, type Ratio } from "./ratio.ts";

export type Base = "time" | "bytes" | "share" | "money" | "count" | "factor" | "plain";

interface Unit {
  readonly base: Base;
  readonly scale: Ratio;
  /** Writings of one unit share a name. */
  readonly name: string;
}

const rows: readonly (readonly [Base, string, bigint, bigint, string])[] = [
  ["time", "ns", 1n, 1_000_000_000n, "ns nanosecond nanoseconds"],
  ["time", "µs", 1n, 1_000_000n, "µs μs us usec microsecond microseconds"],
  ["time", "ms", 1n, 1000n, "ms msec millis millisecond milliseconds"],
  ["time", "s", 1n, 1n, "s sec secs second seconds"],
  ["time", "min", 60n, 1n, "min mins minute minutes"],
  ["time", "h", 3600n, 1n, "h hr hrs hour hours"],
  ["time", "day", 86_400n, 1n, "day days"],
  ["bytes", "B", 1n, 1n, "B byte bytes"],
  ["bytes", "KB", 1000n, 1n, "KB kB"],
  ["bytes", "MB", 1_000_000n, 1n, "MB"],
  ["bytes", "GB", 1_000_000_000n, 1n, "GB"],
  ["bytes", "TB", 1_000_000_000_000n, 1n, "TB"],
  ["bytes", "KiB", 1024n, 1n, "KiB"],
  ["bytes", "MiB", 1_048_576n, 1n, "MiB"],
  ["bytes", "GiB", 1_073_741_824n, 1n, "GiB"],
  ["share", "%", 1n, 100n, "% percent percentage"],
  ["share", "ppm", 1n, 1_000_000n, "ppm"],
  ["money", "$", 1n, 1n, "$ USD usd dollars dollar US$"],
  ["money", "€", 1n, 1n, "€ EUR"],
  ["money", "£", 1n, 1n, "£ GBP"],
  ["money", "$", 1n, 100n, "cents ¢"],
  ["factor", "×", 1n, 1n, "x × X times fold"],
];

const units: ReadonlyMap<string, Unit> = new Map(
  rows.flatMap(([base, name, n, d, words]) =>
    words.split(" ").map((word) => [word, { base, name, scale: ratio(n, d) }]),
  ),
);

export function unitOf(word: string): Unit | null {
  return units.get(word) ?? units.get(word.toLowerCase().length > 3 ? word.toLowerCase() : word) ?? null;
}

const rateWords: ReadonlyMap<string, string> = new Map(
  ["rps", "qps", "tps", "ops/s", "req/s"].map((word) => [word, word] as const),
);

/** Words that are a rate by themselves: `rps`. */
export function isRateWord(word: string): boolean {
  return rateWords.has(word.toLowerCase());
}

/** The time a rate is over, in seconds; null for words that are no time. */
export function perSeconds(word: string): Ratio | null {
  const last = word.toLowerCase().split("-").at(-1) ?? "";
  const unit = unitOf(last === "d" ? "day" : last);
  return unit?.base === "time" ? unit.scale : null;
}

/** The unit a header or a caption puts on its numbers: `P95 (ms)`, `Size [KB]`, `Cost, $`; null when it names none. */
export function unitInHeader(text: string): string | null {
  const marked = /[([,]\s*(?:in\s+)?([^\s()[\],]{1,12})\s*[)\]]?\s*$/.exec(text.slice(-40))?.[1];
  const last = text.trim().split(/\s+/).at(-1) ?? "";
  const word = [marked, last].find(
    (one) => one !== undefined && unitOf(one) !== null && !/^(?:x|X|s|h|day|days|times)$/.test(one),
  );
  if (word !== undefined) return word;
  return marked !== undefined && unitOf(marked) !== null ? marked : null;
}
