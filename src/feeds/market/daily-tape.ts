// Daily bars of a source become a tape like that of a file: ascending, whole, with a passport. What is asked for and not there is
// refused with what is; nothing is filled in.
import type { Candles, Passport, Tape } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { digestCandles } from "../../market/digest-candles.ts";
import { isoDate } from "../../market/iso-date.ts";
import { malformed } from "../http/feed-faults.ts";

export interface DailyBar {
  /** UTC midnight of the day. */
  readonly t: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface DailyRequest {
  readonly symbol: string;
  readonly start: string;
  /** Default: the last day that is complete. */
  readonly end?: string | undefined;
  /** Take what there is instead of refusing. */
  readonly clip: boolean;
}

export interface DailySource {
  /** For refusals. */
  readonly name: string;
  readonly host: string;
  /** Completed by the days that are missing. */
  readonly source: string;
  readonly licence: string;
  readonly adjustment: Passport["adjustment"];
  /** Days that a whole series has, inclusive. */
  readonly sessions: (start: string, end: string) => readonly number[];
}

const dayMs = 86_400_000;
/** After extended hours in New York, in summer and winter; crypto's day ends an hour earlier. */
const completeAfterMs = dayMs + 3_600_000;

/** The last day whose bar does not change any more, by the source's clock. */
export function lastCompleteDay(sourceNowMs: number): string {
  return new Date(sourceNowMs - completeAfterMs).toISOString().slice(0, 10);
}

/** Throws `market.range` for what is not covered, `feed.malformed` for bars that make no series. */
export function dailyTape(
  bars: readonly DailyBar[],
  { symbol, start, end, clip }: DailyRequest,
  from: DailySource,
  lastDay: string,
): Tape {
  checkBars(bars, from.host);
  const kept = bars.filter(({ t }) => isoDate(t) >= start && isoDate(t) <= (end ?? lastDay) && isoDate(t) <= lastDay);
  const [first, last] = [kept[0], kept.at(-1)];
  const asked = `${symbol} from ${start} to ${end ?? lastDay}`;
  if (first === undefined || last === undefined) throw notThere(asked, from.name, "none", start);
  const held = `${isoDate(first.t)} to ${isoDate(last.t)}`;
  const sessions = from.sessions(start, end ?? lastDay);
  checkSessions(kept, new Set(sessions), from);
  const present = new Set(kept.map(({ t }) => t));
  const missing = sessions.filter((t) => !present.has(t));
  const [gap] = missing;
  if (gap !== undefined && !clip) {
    const inside = gap > first.t && gap < last.t;
    throw notThere(
      asked,
      from.name,
      inside ? `${held} without ${missing.length} days, the first ${isoDate(gap)}` : held,
      start,
    );
  }
  const candles = columnsOf(kept);
  const inner = missing.filter((t) => t > first.t && t < last.t).length;
  return {
    passport: {
      symbol,
      source: inner === 0 ? from.source : `${from.source}, ${inner} days missing`,
      licence: from.licence,
      interval: "1d",
      adjustment: from.adjustment,
      closeOnly: false,
      survivorship: "single",
      synthetic: false,
      sha256: digestCandles(candles),
      first: isoDate(first.t),
      last: isoDate(last.t),
      bars: kept.length,
    },
    candles,
  };
}

function notThere(asked: string, name: string, held: string, start: string): SwarmError {
  return new SwarmError("market.range", `No daily bars for ${asked}: ${name} holds ${held}`, {
    hint: "Choose --start and --end inside these dates and before today, or pass --clip to take what there is",
    details: { start },
  });
}

function checkBars(bars: readonly DailyBar[], host: string): void {
  bars.forEach(({ t, open, high, low, close, volume }, at) => {
    const day = isoDate(t);
    const before = bars[at - 1]?.t ?? -Infinity;
    if (t <= before) throw malformed(host, `does not ascend: ${day} comes after ${isoDate(before)}`);
    if (![open, high, low, close].every((price) => Number.isFinite(price) && price > 0) || !(volume >= 0))
      throw malformed(host, `has a price that is not above zero, or a negative volume, on ${day}`);
    if (high < Math.max(open, close, low) || low > Math.min(open, close))
      throw malformed(host, `has a high and a low that do not enclose the bar of ${day}`);
  });
}

function checkSessions(bars: readonly DailyBar[], sessions: ReadonlySet<number>, { host }: DailySource): void {
  const stranger = bars.find(({ t }) => !sessions.has(t));
  if (stranger === undefined) return;
  throw malformed(host, `has a bar on ${isoDate(stranger.t)}, which is no day of trading`);
}

function columnsOf(bars: readonly DailyBar[]): Candles {
  const column = (of: (bar: DailyBar) => number): Float64Array => Float64Array.from(bars, of);
  return {
    t: column(({ t }) => t),
    open: column(({ open }) => open),
    high: column(({ high }) => high),
    low: column(({ low }) => low),
    close: column(({ close }) => close),
    volume: column(({ volume }) => volume),
  };
}
