import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../../src/backend/compose.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { openSource } from "../../feeds/source.ts";

const { t, open, high, low, close, volume } = loadTape("AAPL", { start: "2016-01-04", end: "2017-12-29" }).candles;
/** The installed prices in Alpaca's shape. */
const bars = Array.from(t, (time, at) => ({
  t: new Date(time + 5 * 3_600_000).toISOString(),
  o: open[at],
  h: high[at],
  l: low[at],
  c: close[at],
  v: volume[at],
}));

async function stage() {
  const source = await openSource();
  const folder = mkdtempSync(join(tmpdir(), "feed-"));
  const env = { ALPACA_DATA_URL: source.url, ALPACA_API_KEY: "id", ALPACA_API_SECRET: "secret" };
  const backend = await openBackend({ folder, target: "local" }, env);
  onTestFinished(async () => {
    await backend.close();
    rmSync(folder, { recursive: true });
  });
  return { source, backend };
}
const input = { strategy: "sma-cross", symbols: ["AAPL"], start: "2016-01-04", end: "2017-12-29" };

test("equal prices from a feed and from a file give equal figures, each with its own source and digest", async () => {
  const { source, backend } = await stage();
  source.on(
    "/v2/stocks/bars",
    { body: { bars: { AAPL: bars.slice(0, 300) }, next_page_token: "p2" } },
    { body: { bars: { AAPL: bars.slice(300) }, next_page_token: null } },
  );
  const [fed] = (await backend.call("backtest", { ...input, feed: "alpaca" })).results;
  const [installed] = (await backend.call("backtest", input)).results;
  expect(fed?.metrics).toEqual(installed?.metrics);
  expect(fed?.trades).toEqual(installed?.trades);
  expect(fed?.source).toMatch(/^Alpaca \/v2\/stocks\/bars, feed sip, split-adjusted, retrieved /);
  expect(fed?.sha256).not.toBe(installed?.sha256);
});

test("choices that do not go together are refused before anything is asked", async () => {
  const { source, backend } = await stage();
  const { symbols: _symbols, ...without } = input;
  for (const wrong of [
    { ...input, feed: "alpaca", synthetic: 1 },
    { ...without, feed: "alpaca" },
    { ...input, feed: "yahoo" },
  ]) {
    await expect(backend.call("backtest", wrong)).rejects.toMatchObject({ code: "usage.invalid" });
  }
  expect(source.asked).toEqual([]);
});

test("a range that the feed does not cover ends the backtest with what there is", async () => {
  const { source, backend } = await stage();
  source.on("/v2/stocks/bars", { body: { bars: { AAPL: bars.slice(10) }, next_page_token: null } });
  await expect(backend.call("backtest", { ...input, feed: "alpaca" })).rejects.toMatchObject({ code: "market.range" });
});
