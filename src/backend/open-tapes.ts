// Where the prices of a backtest come from: installed series, the user's file, a seed, or a source outside. Loaded one at a
// time, when it is their turn.
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Tape } from "../contracts/candles.ts";
import type { BacktestInput } from "../contracts/operations/backtest.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Feeds } from "../feeds/open-feeds.ts";
import { cutTape } from "../market/cut-tape.ts";
import { loadTape } from "../market/read-tape.ts";
import { makeTape } from "../market/synthetic/make-tape.ts";
import { largestFile } from "../market/user-data/decode-text.ts";
import { readUserTape } from "../market/user-data/read-user-tape.ts";
import { stopIfAborted } from "./stop.ts";

export interface OpenTape {
  readonly symbol: string;
  readonly load: () => Promise<Tape>;
}

export interface TapeSources {
  feeds(): Promise<Feeds>;
  readonly signal: AbortSignal;
}

/** Bars of invented prices when no end is given: four years. */
const yearsByDefault = 4;

/** Throws `usage.invalid` when a file is asked to hold several symbols. */
export function openTapes(input: BacktestInput, sources: TapeSources): readonly OpenTape[] {
  const { start, end, clip = false } = input;
  if (input.dataFile !== undefined) return [fromFile(input.dataFile, input)];
  if (input.synthetic !== undefined) return synthetic(input.synthetic, input);
  const symbols = input.symbols ?? ["AAPL"];
  const { feed } = input;
  if (feed !== undefined)
    return symbols.map((symbol) => ({ symbol, load: () => fromFeed(feed, symbol, input, sources) }));
  return symbols.map((symbol) => ({ symbol, load: async () => loadTape(symbol, { start, end, clip }) }));
}

async function fromFeed(feed: string, symbol: string, input: BacktestInput, sources: TapeSources): Promise<Tape> {
  const { start, end, clip = false } = input;
  const request = { symbol, start, end, clip };
  try {
    const feeds = await sources.feeds();
    if (feed === "alpaca") {
      const { askAlpaca } = await import("../feeds/market/ask-alpaca.ts");
      return await askAlpaca(feeds, request, sources.signal);
    }
    const { askExchange } = await import("../feeds/market/ask-exchange.ts");
    return await askExchange(feeds, feed.slice(feed.indexOf(":") + 1), request, sources.signal);
  } catch (thrown) {
    stopIfAborted(sources.signal, "the backtest");
    throw thrown;
  }
}

function fromFile(file: string, { symbols, start, end, clip = false, acceptJumps = false }: BacktestInput): OpenTape {
  const [symbol = basename(file).replace(/\.[^.]*$/, ""), ...more] = symbols ?? [];
  if (more.length > 0) {
    throw new SwarmError("usage.invalid", `Cannot read ${more.length + 1} symbols from ${file}: a file holds one`, {
      hint: "Run one backtest per file",
    });
  }
  const load = async (): Promise<Tape> => {
    const tape = readUserTape(bytesOf(file), { file, symbol, acceptJumps });
    if (!clip) checkCovered(tape, start, end);
    return cutTape(tape, { start, end });
  };
  return { symbol, load };
}

function checkCovered({ passport: { symbol, first, last } }: Tape, start: string, end = last): void {
  if (start >= first && end <= last && start <= end) return;
  throw new SwarmError(
    "market.range",
    `No bars for ${symbol} from ${start} to ${end}: the file holds ${first} to ${last}`,
    {
      hint: "Choose --start and --end inside these dates, or pass --clip",
      details: { symbol, start, end },
    },
  );
}

function bytesOf(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    // The parser refuses it too; here before its bytes fill the memory.
    if (size <= largestFile) return readFileSync(file);
  } catch (cause) {
    throw new SwarmError("market.data", `Cannot read the price file ${file}`, {
      hint: "Check the path and the permissions",
      cause,
      details: { file },
    });
  }
  throw new SwarmError("market.data", `Cannot use ${file} line 1 column 1: it has more than ${largestFile} bytes`, {
    hint: "Split the file by years or symbols",
    details: { file, line: 1, column: 1 },
  });
}

function synthetic(seed: number, input: BacktestInput): readonly OpenTape[] {
  const { start, world = "driftless" } = input;
  const end = input.end ?? `${Number(start.slice(0, 4)) + yearsByDefault}${start.slice(4, 8)}28`;
  const symbols = input.symbols ?? (world === "reverting-pair" ? ["A", "B"] : ["X"]);
  return symbols.map((symbol, place) => ({
    symbol: `SYNTHETIC-${symbol}`,
    load: async () => makeTape({ world, seed, symbol, start, end, leg: place % 2 === 1 ? 1 : 0 }),
  }));
}
