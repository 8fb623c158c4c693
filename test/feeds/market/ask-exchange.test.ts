import { expect, test } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { askExchange } from "../../../src/feeds/market/ask-exchange.ts";
import type { DailyRequest } from "../../../src/feeds/market/daily-tape.ts";
import { installedCcxt } from "../../../src/feeds/market/open-exchange.ts";
import { openFeeds } from "../../../src/feeds/open-feeds.ts";

const dayMs = 86_400_000;
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const candle = (t: number, close = 100): number[] => [t, close - 1, close + 2, close - 2, close, 5];

class BaseError extends Error {}
class NetworkError extends BaseError {}
class ExchangeError extends BaseError {}
class BadSymbol extends ExchangeError {}
class AuthenticationError extends ExchangeError {}
class RateLimitExceeded extends NetworkError {}
class RequestTimeout extends NetworkError {}

interface Plan {
  readonly first: string;
  readonly last: string;
  /** Bars an answer has at most, whatever is asked for. */
  readonly page?: number;
  readonly now?: number;
  readonly without?: string;
  readonly throws?: Error[];
  readonly rows?: unknown;
}

/** A library with ccxt's interface over an exchange that trades every day of a range. */
function libraryOf({ first, last, page = 500, now, without, throws = [], rows }: Plan) {
  const seen: unknown[] = [];
  class kraken {
    readonly has = { fetchTime: now !== undefined };
    readonly urls = { api: { public: "https://api.exchange.test/v1" } };
    constructor(options: object) {
      seen.push(options);
    }
    async fetchTime() {
      return now;
    }
    async fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number) {
      seen.push([symbol, timeframe, new Date(since).toISOString().slice(0, 10), limit]);
      const thrown = throws.shift();
      if (thrown !== undefined) throw thrown;
      if (rows !== undefined) return rows;
      const from = Math.max(since, day(first));
      const days = Array.from({ length: Math.max(0, (day(last) - from) / dayMs + 1) }, (_, k) => from + k * dayMs);
      return days
        .filter((t) => t !== day(without ?? "1970-01-01"))
        .slice(0, Math.min(page, limit))
        .map((t) => candle(t));
    }
    async close() {
      seen.push("closed");
    }
  }
  return { seen, load: async () => ({ default: { exchanges: ["kraken"], kraken } }) };
}

const ask = async (load: () => Promise<unknown>, request: Partial<DailyRequest> = {}, id = "kraken") => {
  const clock = { ...realClock, nowMs: () => day("2024-06-03") + dayMs / 2, sleep: async () => undefined };
  const feeds = openFeeds({ env: {}, clock, random: seededRandom(1), folder: "/nowhere", loadCcxt: load });
  const asked = { symbol: "BTC/USD", start: "2024-01-01", end: "2024-01-10", clip: false, ...request };
  return askExchange(feeds, id, asked, new AbortController().signal);
};

test("pages become one tape, the exchange is closed", async () => {
  const { seen, load } = libraryOf({ first: "2020-01-01", last: "2024-06-03", page: 4 });
  const { passport, candles } = await ask(load);
  expect(passport).toMatchObject({
    symbol: "BTC/USD",
    source: "kraken through ccxt, fetchOHLCV 1d, retrieved 2024-06-03T12:00:00.000Z",
    interval: "1d",
    adjustment: "none",
    closeOnly: false,
    first: "2024-01-01",
    last: "2024-01-10",
    bars: 10,
  });
  expect([...candles.t]).toEqual(Array.from({ length: 10 }, (_, k) => day("2024-01-01") + k * dayMs));
  expect(seen).toEqual([
    { enableRateLimit: true, timeout: 10_000 },
    ["BTC/USD", "1d", "2024-01-01", 500],
    ["BTC/USD", "1d", "2024-01-05", 500],
    ["BTC/USD", "1d", "2024-01-09", 500],
    "closed",
  ]);
});

test("the candle that is still open is dropped, by the exchange's clock when it tells", async () => {
  const range = { start: "2024-05-30", end: undefined };
  const plan = { first: "2020-01-01", last: "2024-06-03" };
  const lastOf = async (now?: number) => {
    const { load } = libraryOf(now === undefined ? plan : { ...plan, now });
    return (await ask(load, range)).passport.last;
  };
  expect([await lastOf(), await lastOf(day("2024-06-01") + dayMs / 2)]).toEqual(["2024-06-02", "2024-05-31"]);
});

test.each([
  [{ first: "2024-01-04", last: "2024-06-03" }, "kraken through ccxt holds 2024-01-04 to 2024-01-10"],
  [{ first: "2024-02-01", last: "2024-06-03" }, "kraken through ccxt holds none"],
  [
    { first: "2020-01-01", last: "2024-06-03", without: "2024-01-05" },
    "holds 2024-01-01 to 2024-01-10 without 1 days, the first 2024-01-05",
  ],
])("%j does not cover the range", async (plan, held) => {
  const refused = ask(libraryOf(plan).load);
  await expect(refused).rejects.toMatchObject({ code: "market.range" });
  await expect(refused).rejects.toThrow(held);
});

test.each([
  [new BadSymbol("kraken does not have market symbol BTC/USD"), "market.symbol"],
  [new AuthenticationError("bad key"), "auth.refused"],
  [new ExchangeError("odd"), "feed.failed"],
  [new RateLimitExceeded("slower"), "feed.rate-limited"],
  [new RequestTimeout("late"), "feed.unreachable"],
])("%s becomes %s, and the exchange is closed", async (thrown, code) => {
  const { seen, load } = libraryOf({ first: "2020-01-01", last: "2024-06-03", throws: [thrown, thrown, thrown] });
  await expect(ask(load)).rejects.toMatchObject({ code });
  expect(seen.at(-1)).toBe("closed");
  // What broke on the way was asked three times, what was judged once.
  expect(seen.filter((one) => Array.isArray(one))).toHaveLength(thrown instanceof NetworkError ? 3 : 1);
});

test("what broke once is asked again", async () => {
  const { load } = libraryOf({ first: "2020-01-01", last: "2024-06-03", throws: [new RequestTimeout("late")] });
  expect((await ask(load)).passport.bars).toBe(10);
});

test.each([
  ["no list", { a: 1 }, "is not as documented"],
  ["a short candle", [[day("2024-01-01"), 1, 1, 1, 1]], "is not as documented"],
  ["a candle at noon", [candle(day("2024-01-01") + dayMs / 2)], "does not begin at midnight UTC"],
  ["a price that is null", [[day("2024-01-01"), 1, 1, null, 1, 1]], "is not as documented"],
])("%s is refused", async (_, rows, problem) => {
  const refused = ask(libraryOf({ first: "2020-01-01", last: "2024-06-03", rows }).load);
  await expect(refused).rejects.toMatchObject({ code: "feed.malformed" });
  await expect(refused).rejects.toThrow(problem);
});

test("without the package the install command is named; an exchange it does not know is refused", async () => {
  const refused = ask(installedCcxt);
  await expect(refused).rejects.toMatchObject({ code: "feed.not-installed", hint: "Run: npm install ccxt@4" });
  const { load } = libraryOf({ first: "2020-01-01", last: "2024-06-03" });
  await expect(ask(load, {}, "constructor")).rejects.toMatchObject({ code: "usage.invalid" });
});
