// A synthetic tape: weekday bars from a world and a seed, with a passport that cannot be mistaken for a real one.
import { createHash } from "node:crypto";
import type { Candles, Tape } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { seededRandom } from "../../host/random.ts";
import { digestCandles } from "../digest-candles.ts";
import { at } from "../indicators/blank.ts";
import { isoDate } from "../iso-date.ts";
import { drawsOf, type Draws } from "./normal-stream.ts";
import { pathOf, worldParameters, type Path, type WorldName } from "./worlds.ts";

const generator = "e2b-swarm worlds 1";
const dayMs = 86_400_000;
const startPrice = 100;
/** Share of the day's move that happens before the open. */
const overnight = 0.3;
const mostBars = 5_000_000;

export interface SyntheticRequest {
  readonly world: WorldName;
  readonly seed: number;
  readonly symbol: string;
  /** First and last day, YYYY-MM-DD, inclusive. */
  readonly start: string;
  readonly end: string;
  /** 1 for the second symbol of `reverting-pair`. */
  readonly leg?: 0 | 1;
}

/** Equal requests give equal bytes. Throws `market.range` when no weekday lies in the range. */
export function makeTape({ world, seed, symbol, start, end, leg = 0 }: SyntheticRequest): Tape {
  const days = weekdays(start, end);
  // The legs of a pair share their numbers; other symbols have streams of their own.
  const name = world === "reverting-pair" ? "pair" : symbol;
  const streamSeed = createHash("sha256").update(`${generator}|${world}|${seed}|${name}`).digest().readUInt32BE(0);
  const draws = drawsOf(seededRandom(streamSeed));
  const candles = barsOf(days, pathOf(world, days.length, draws, leg), draws);
  const parameters = Object.entries(worldParameters[world]).map(([key, value]) => `${key}=${value}`);
  return {
    passport: {
      symbol: `SYNTHETIC-${symbol}`,
      source: `SYNTHETIC: ${generator}, world ${world}, seed ${seed}, ${parameters.join(", ")}`,
      licence: "none needed: invented numbers",
      interval: "1d",
      adjustment: "none",
      closeOnly: false,
      survivorship: "single",
      synthetic: true,
      sha256: digestCandles(candles),
      first: isoDate(candles.t[0]),
      last: isoDate(candles.t[candles.t.length - 1]),
      bars: candles.t.length,
    },
    candles,
  };
}

function weekdays(start: string, end: string): readonly number[] {
  const days: number[] = [];
  const last = Date.parse(`${end}T00:00:00Z`);
  for (let t = Date.parse(`${start}T00:00:00Z`); t <= last && days.length < mostBars; t += dayMs) {
    const day = new Date(t).getUTCDay();
    if (day !== 0 && day !== 6) days.push(t);
  }
  if (days.length > 0) return days;
  throw new SwarmError("market.range", `No weekday lies between ${start} and ${end}`, {
    hint: "Choose --start and --end with the start first",
  });
}

function barsOf(days: readonly number[], { returns, trades }: Path, draws: Draws): Candles {
  const kept = days.map((_, bar) => bar).filter((bar) => trades[bar] === 1);
  const column = (): Float64Array => new Float64Array(kept.length);
  const candles = { t: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  let before = startPrice;
  for (const [row, bar] of kept.entries()) {
    const step = at(returns, bar);
    const open = before * Math.exp(step * overnight);
    const close = before * Math.exp(step);
    const reach = Math.abs(step) / 2 + 0.002;
    candles.t[row] = days[bar] ?? NaN;
    candles.open[row] = open;
    candles.close[row] = close;
    candles.high[row] = Math.max(open, close) * Math.exp(reach * draws.uniform());
    candles.low[row] = Math.min(open, close) * Math.exp(-reach * draws.uniform());
    candles.volume[row] = Math.round(1e6 * (0.5 + draws.uniform()));
    before = close;
  }
  return candles;
}
