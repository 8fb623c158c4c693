// What agents may see: bars up to and including the decision bar, and the labelled headlines that were out by then.
import type { Tape } from "../contracts/candles.ts";
import type { Headline, MarketWindow } from "../contracts/frames.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { isoDate } from "../market/iso-date.ts";
import { indexAsOf } from "../market/cut-tape.ts";
import { readHeadlines } from "../market/read-headlines.ts";
import { loadTape } from "../market/read-tape.ts";
import { windowOf } from "../market/window.ts";

/** Bars an agent gets: a year and a month of trading days, with room for the slowest indicator. */
const windowBars = 300;

export interface View {
  readonly symbol: string;
  readonly tape: Tape;
  /** Index of the decision bar; the next bar exists, so that a decision can be filled. */
  readonly bar: number;
  readonly asOf: string;
  readonly window: MarketWindow;
}

/** The view at the close of `asOf` (default: the last bar but one). Throws `market.symbol`, `market.range`. */
export function windowAt(symbol: string, asOf?: string): View {
  const tape = loadTape(symbol);
  const { t } = tape.candles;
  const bar = asOf === undefined ? t.length - 2 : indexAsOf(tape, asOf);
  const { first, last } = tape.passport;
  if (bar < 0 || bar >= t.length - 1 || (asOf !== undefined && asOf > last)) {
    throw new SwarmError(
      "market.range",
      `No decision bar for ${symbol} on ${asOf}: bars run from ${first} to ${last}`,
      {
        hint: "Choose an asOf inside these dates, before the last bar",
        details: { symbol, asOf: asOf ?? null },
      },
    );
  }
  return { symbol, tape, bar, asOf: dateAt(tape, bar), window: windowOf(tape, bar, Math.min(windowBars, bar + 1)) };
}

/** YYYY-MM-DD of a bar. */
export function dateAt(tape: Tape, bar: number): string {
  return isoDate(tape.candles.t[bar] ?? Number.NaN);
}

/** The shipped, self-written headlines of a symbol that were out at the decision bar. */
export function headlinesFor({ symbol, tape, bar }: View): readonly Headline[] {
  return readHeadlines(symbol, tape.candles.t[bar] ?? Number.NaN);
}
