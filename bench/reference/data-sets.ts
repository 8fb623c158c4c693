// Which prices a reference result was computed on. Known sets are shipped; others are given as NAME=file.csv.
import { readFileSync } from "node:fs";
import type { Candles, Tape } from "../../src/contracts/candles.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { readUserTape } from "../../src/market/user-data/read-user-tape.ts";
import { listSeries } from "../../src/market/read-manifest.ts";
import { loadTape } from "../../src/market/read-tape.ts";

export interface DataSets {
  /** The bars of a set. Throws `market.symbol` when it is neither shipped nor given. */
  daily(name: string): Candles;
  /** The monthly closes of a symbol, on the months that all of `symbols` have. */
  monthly(symbols: readonly string[]): readonly Float64Array[];
}

/** Reference name → digest of the source file, which the manifest of the shipped series carries too. */
const shipped: Readonly<Record<string, string>> = {
  AAPL_observable: "18dc8bf6542da26625d992544a619a5fc210d6dfc799e81ab7fb7f9edbc21f9a",
  SP500_vega: "9409e9342d0657c747324e4cfabce8a8c7f663bc485b95a3378f36b0a160f8c8",
};

export function openDataSets(given: Readonly<Record<string, string>> = {}): DataSets {
  const cache = new Map<string, Candles>();
  return {
    daily(name) {
      const known = cache.get(name) ?? tapeOf(name, given).candles;
      cache.set(name, known);
      return known;
    },
    monthly: commonMonths,
  };
}

function tapeOf(name: string, given: Readonly<Record<string, string>>): Tape {
  const file = given[name];
  if (file !== undefined) return readUserTape(readFileSync(file), { file, symbol: name });
  const series = listSeries().find(({ sourceSha256 }) => sourceSha256 === shipped[name]);
  if (series !== undefined) return loadTape(series.symbol, { interval: series.interval });
  throw new SwarmError("market.symbol", `No installed series is the reference set ${name}`, {
    hint: `Give its bars with --data ${name}=file.csv`,
  });
}

function commonMonths(symbols: readonly string[]): readonly Float64Array[] {
  const tapes = symbols.map((symbol) => loadTape(symbol, { interval: "1mo" }).candles);
  const common = tapes.map(({ t }) => new Set(t)).reduce((kept, times) => both(kept, times));
  return tapes.map(({ t, close }) => close.filter((_, row) => common.has(t[row] ?? NaN)));
}

function both(a: ReadonlySet<number>, b: ReadonlySet<number>): Set<number> {
  return new Set([...a].filter((value) => b.has(value)));
}
