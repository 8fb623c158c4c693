import { expect, test } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { askAlpaca } from "../../../src/feeds/market/ask-alpaca.ts";
import type { DailyRequest } from "../../../src/feeds/market/daily-tape.ts";
import { openFeeds } from "../../../src/feeds/open-feeds.ts";
import { digestCandles } from "../../../src/market/digest-candles.ts";
import { openSource } from "../source.ts";

const path = "/v2/stocks/bars";
const now = Date.parse("2024-06-03T12:00:00Z");
const keys = { ALPACA_API_KEY: "key-id", ALPACA_API_SECRET: "key-secret" };
/** New York's midnight is five hours after that of UTC in winter, four in summer. */
const bar = (day: string, close: number) => {
  const hour = day > "2024-03-10" ? "04" : "05";
  return { t: `${day}T${hour}:00:00Z`, o: close - 1, h: close + 1, l: close - 2, c: close, v: 100, n: 7, vw: close };
};
const week = [bar("2024-01-16", 10), bar("2024-01-17", 11), bar("2024-01-18", 12), bar("2024-01-19", 13)];
const page = (bars: readonly object[], next: string | null = null) => {
  return { body: { bars: bars.length === 0 ? {} : { AAPL: bars }, next_page_token: next } };
};

async function stage(env: Readonly<Record<string, string>> = keys, nowMs = now) {
  const source = await openSource();
  const clock = { ...realClock, nowMs: () => nowMs };
  const folder = "/nowhere";
  const limits = { attempts: 2, attemptMs: 5_000 };
  const feeds = openFeeds({
    env: { ALPACA_DATA_URL: source.url, ...env },
    clock,
    random: seededRandom(1),
    folder,
    limits,
  });
  const ask = async (request: Partial<DailyRequest> = {}) => {
    const asked = { symbol: "AAPL", start: "2024-01-16", end: "2024-01-19", clip: false, ...request };
    return askAlpaca(feeds, asked, new AbortController().signal);
  };
  return { source, ask };
}

test("the time a page spent in caches stands in the passport", async () => {
  const { source, ask } = await stage();
  source.on(path, { ...page(week.slice(0, 2), "next-1"), headers: { age: "90" } }, page(week.slice(2)));
  expect((await ask()).passport.source).toMatch(/retrieved 2024-06-03T12:00:00.000Z after 90 s in caches$/);
});

test("pages become one tape with a passport; Martin Luther King's day is no gap", async () => {
  const { source, ask } = await stage();
  source.on(path, page([bar("2024-01-12", 9), ...week.slice(0, 2)], "next-1"), page(week.slice(2)));
  const { passport, candles } = await ask({ start: "2024-01-12" });
  expect(passport).toEqual({
    symbol: "AAPL",
    source: "Alpaca /v2/stocks/bars, feed sip, split-adjusted, retrieved 2024-06-03T12:00:00.000Z",
    licence: "Alpaca's market data agreement with the user; not for redistribution",
    interval: "1d",
    adjustment: "split",
    closeOnly: false,
    survivorship: "single",
    synthetic: false,
    sha256: digestCandles(candles),
    first: "2024-01-12",
    last: "2024-01-19",
    bars: 5,
  });
  expect([...candles.close]).toEqual([9, 10, 11, 12, 13]);
  expect([...candles.open]).toEqual([8, 9, 10, 11, 12]);
  expect([...candles.t].map((t) => new Date(t).toISOString())).toContain("2024-01-16T00:00:00.000Z");
  const queries = source.asked.map(({ query }) => Object.fromEntries(query));
  const first = {
    symbols: "AAPL",
    timeframe: "1Day",
    start: "2024-01-12T00:00:00Z",
    end: "2024-01-19T23:59:59Z",
    limit: "10000",
    adjustment: "split",
    feed: "sip",
  };
  expect(queries).toEqual([first, { ...first, page_token: "next-1" }]);
  expect(source.asked.map(({ headers }) => [headers["apca-api-key-id"], headers["apca-api-secret-key"]])).toEqual([
    ["key-id", "key-secret"],
    ["key-id", "key-secret"],
  ]);
});

test("equal bars have an equal digest, other bars another", async () => {
  const digests: string[] = [];
  for (const close of [13, 13, 13.5]) {
    const { source, ask } = await stage();
    source.on(path, page([...week.slice(0, 3), bar("2024-01-19", close)]));
    digests.push((await ask()).passport.sha256);
  }
  expect([digests[0] === digests[1], digests[0] === digests[2]]).toEqual([true, false]);
});

test.each([
  ["a late start", week.slice(1), "Alpaca holds 2024-01-17 to 2024-01-19"],
  ["an early end", week.slice(0, 3), "Alpaca holds 2024-01-16 to 2024-01-18"],
  ["a gap", [week[0], week[3]], "Alpaca holds 2024-01-16 to 2024-01-19 without 2 days, the first 2024-01-17"],
  ["nothing", [], "Alpaca holds none"],
])("%s is refused with what there is, and nothing is filled in", async (_, bars, held) => {
  const { source, ask } = await stage();
  source.on(path, page(bars.filter((one) => one !== undefined)));
  const refused = ask();
  await expect(refused).rejects.toMatchObject({ code: "market.range" });
  await expect(refused).rejects.toThrow(`No daily bars for AAPL from 2024-01-16 to 2024-01-19: ${held}`);
});

test("clipped, the part that is there is taken and says what is missing in it", async () => {
  const { source, ask } = await stage();
  source.on(path, page([week[1] ?? {}, week[3] ?? {}]));
  const { passport } = await ask({ clip: true });
  expect(passport).toMatchObject({ first: "2024-01-17", last: "2024-01-19", bars: 2 });
  expect(passport.source).toMatch(/, 1 days missing$/);
});

test("the day that is still running is left out by Alpaca's clock, not by ours", async () => {
  const bars = [bar("2024-05-30", 10), bar("2024-05-31", 11), bar("2024-06-03", 12)];
  // Ours says a week later, theirs the afternoon of the third of June.
  const { source, ask } = await stage(keys, now + 7 * 86_400_000);
  source.on(path, { ...page(bars), headers: { date: "Mon, 03 Jun 2024 19:00:00 GMT" } });
  const tape = await ask({ start: "2024-05-30", end: undefined });
  expect([...tape.candles.close]).toEqual([10, 11]);
  expect(source.asked[0]?.query.has("end")).toBe(false);
  await expect(ask({ start: "2024-05-30", end: "2024-06-03" })).rejects.toThrow(
    "Alpaca holds 2024-05-30 to 2024-05-31",
  );
});

test.each([
  [422, { message: "invalid symbol: aapl?" }, "market.symbol"],
  [400, { message: "invalid symbol(s)" }, "market.symbol"],
  [422, { message: "unexpected parameter" }, "feed.failed"],
  [403, { message: "subscription does not permit querying recent SIP data" }, "auth.refused"],
  [401, {}, "auth.refused"],
  [500, {}, "feed.failed"],
])("%i %j is %s", async (status, body, code) => {
  const { source, ask } = await stage();
  source.on(path, { status, body });
  await expect(ask()).rejects.toMatchObject({ code });
});

test.each([
  ["a page that was read already", [page(week, "a"), page([], "a")], "names a page that was read already"],
  [
    "bars that do not ascend",
    [page([week[1] ?? {}, week[0] ?? {}])],
    "does not ascend: 2024-01-16 comes after 2024-01-17",
  ],
  ["a bar at noon", [page([{ ...week[0], t: "2024-01-16T12:00:00Z" }])], "which is not midnight in New York"],
  [
    "a bar on a holiday",
    [page([bar("2024-01-15", 9), ...week])],
    "has a bar on 2024-01-15, which is no day of trading",
  ],
  ["a high below the close", [page([{ ...week[0], h: 9 }])], "do not enclose the bar of 2024-01-16"],
  ["a price of zero", [page([{ ...week[0], l: 0 }])], "bars.AAPL.0.l is 0 but must be > 0"],
  ["a price that is text", [page([{ ...week[0], c: "10" }])], 'bars.AAPL.0.c is "10" but must be number'],
  ["no bars", [{ body: { next_page_token: null } }], "bars is missing"],
])("%s is refused", async (_, replies, problem) => {
  const { source, ask } = await stage();
  source.on(path, ...replies);
  const refused = ask({ start: "2024-01-12" });
  await expect(refused).rejects.toMatchObject({ code: "feed.malformed" });
  await expect(refused).rejects.toThrow(problem);
});

test("429 is waited for and a cut page is asked for again", async () => {
  const { source, ask } = await stage();
  source.on(
    path,
    { status: 429, body: {}, headers: { "retry-after": "0" } },
    page(week.slice(0, 2), "b"),
    "cut",
    page(week.slice(2)),
  );
  expect((await ask()).passport.bars).toBe(4);
  expect(source.asked).toHaveLength(4);
});

test("keys: either pair of names, not two that differ, and none is said", async () => {
  const { source, ask } = await stage({ APCA_API_KEY_ID: "key-id", APCA_API_SECRET_KEY: "key-secret" });
  source.on(path, page(week));
  expect((await ask()).passport.bars).toBe(4);
  await expect((await stage({ ...keys, APCA_API_KEY_ID: "other" })).ask()).rejects.toMatchObject({
    code: "usage.invalid",
  });
  await expect((await stage({})).ask()).rejects.toThrow(
    "[auth.missing] Cannot reach Alpaca: ALPACA_API_KEY or APCA_API_KEY_ID is not set",
  );
});
