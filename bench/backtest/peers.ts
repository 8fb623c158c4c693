// Two engines from npm, taken from a folder that has them installed. They are no dependency of this package: without the folder
// they are NOT_RUN. Both do less than ours (no costs, no sizes, no account); that is said beside their numbers.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Candles } from "../../src/contracts/candles.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { sma } from "../../src/market/indicators/averages.ts";

export interface Peer {
  readonly name: string;
  readonly remark: string;
  /** One run, indicators included; returns the number of trades or actions it saw. */
  run(): number;
}

type Load = (name: string) => unknown;
type Callable = (...args: readonly unknown[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

function callable(of: unknown, name: string): Callable {
  const value = isRecord(of) ? of[name] : undefined;
  if (isCallable(value)) return value;
  throw new Error(`Cannot bench against a peer: it has no function ${name}`);
}

/** Peers prepared for one tape; conversion of the data is not part of their time. */
export function openPeers(folder: string, candles: Candles, fast: number, slow: number): readonly Peer[] {
  const require = createRequire(join(folder, "package.json"));
  // Names are not literal here: these packages are the folder's, not ours.
  const load: Load = (name) => require(name);
  const version = (name: string): string => {
    const found: unknown = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
    return isRecord(found) ? String(found["version"]) : "unknown";
  };
  return [
    indicatorts(load("indicatorts"), version("indicatorts"), candles, fast, slow),
    grademark(load, version("grademark"), candles, fast, slow),
  ];
}

function indicatorts(library: unknown, version: string, candles: Candles, fast: number, slow: number): Peer {
  const [backtest, mean] = [callable(library, "backtest"), callable(library, "sma")];
  const closings = Array.from(candles.close);
  const asset = {
    dates: Array.from(candles.t, (t) => new Date(t)),
    openings: Array.from(candles.open),
    closings,
    highs: Array.from(candles.high),
    lows: Array.from(candles.low),
    volumes: Array.from(candles.volume),
  };
  const strategy = (): readonly number[] => {
    const [quick, lazy] = [fast, slow].map((period) => mean(closings, { period }));
    if (!Array.isArray(quick) || !Array.isArray(lazy)) return [];
    return closings.map((_, bar) => {
      if (bar < slow) return 0;
      if (quick[bar - 1] < lazy[bar - 1] && quick[bar] > lazy[bar]) return 1;
      return quick[bar - 1] > lazy[bar - 1] && quick[bar] < lazy[bar] ? -1 : 0;
    });
  };
  return {
    name: `indicatorts ${version}`,
    remark: "no costs, no short positions, fills at the close of the signal, no trade list",
    run() {
      const results = backtest(asset, [{ name: "sma", strategy }]);
      return Array.isArray(results) ? results.length : NaN;
    },
  };
}

function grademark(load: Load, version: string, candles: Candles, fast: number, slow: number): Peer {
  const backtest = callable(load("grademark"), "backtest");
  const frames = load("data-forge");
  const DataFrame = isRecord(frames) ? frames["DataFrame"] : undefined;
  if (!isConstructor(DataFrame)) throw new Error("Cannot bench against grademark: data-forge has no DataFrame");
  const times = Array.from(candles.t, (t) => new Date(t));
  return {
    name: `grademark ${version}`,
    remark: "no costs, no sizes, positions of one unit",
    run() {
      const [quick, lazy] = [sma(candles.close, fast), sma(candles.close, slow)];
      const rows = times.map((time, bar) => ({
        time,
        open: candles.open[bar],
        high: candles.high[bar],
        low: candles.low[bar],
        close: candles.close[bar],
        volume: candles.volume[bar],
        up: (quick[bar] ?? NaN) > (lazy[bar] ?? NaN),
        down: (quick[bar] ?? NaN) < (lazy[bar] ?? NaN),
      }));
      const frame: unknown = new DataFrame(rows);
      const trades = backtest(rules, callable(frame, "setIndex").call(frame, "time"));
      return Array.isArray(trades) ? trades.length : NaN;
    },
  };
}

/** Long while the fast mean is above, short while it is below: its rules see one bar at a time. */
const rules = {
  entryRule: (enter: Callable, { bar }: { readonly bar: { readonly up: boolean; readonly down: boolean } }) => {
    if (bar.up) enter({ direction: "long" });
    else if (bar.down) enter({ direction: "short" });
  },
  exitRule: (
    exit: Callable,
    args: {
      readonly bar: { readonly up: boolean; readonly down: boolean };
      readonly position: { readonly direction: string };
    },
  ) => {
    const { bar, position } = args;
    if (position.direction === "long" ? bar.down : bar.up) exit();
  },
};

type Constructor = new (rows: unknown) => object;

function isConstructor(value: unknown): value is Constructor {
  return typeof value === "function";
}
