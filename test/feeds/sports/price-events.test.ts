import { expect, test } from "vitest";
import type { OddsEvents } from "../../../src/contracts/feeds.ts";
import { parse } from "../../../src/contracts/parse.ts";
import { priceEvents } from "../../../src/feeds/sports/price-events.ts";
import { event, market, now, outcome } from "./answers.ts";

const terms = { nowMs: now, bankroll: 100, kellyFraction: 1, maxQuoteAgeSeconds: 600, drawPossible: false };
const read = (...events: readonly object[]): OddsEvents => parse("feed.odds-events", events);

test("best prices joined by name, margins removed, arbitrage on quoted prices", () => {
  const { events, staleQuotes, brokenQuotes } = priceEvents(
    read(
      event({
        one: [market("h2h", [outcome("Hawks", 2.1), outcome("Nets", 1.8)])],
        // The other way round, and at a later time.
        two: [market("h2h", [outcome("Nets", 2.1), outcome("Hawks", 1.8)], "2025-09-07T15:59:30Z")],
      }),
    ),
    terms,
  );
  expect([staleQuotes, brokenQuotes]).toEqual([0, 0]);
  const [priced] = events;
  expect(priced).toMatchObject({
    eventId: "e1",
    homeTeam: "Hawks",
    awayTeam: "Nets",
    startTime: "2025-09-07T17:00:00Z",
  });
  const [h2h] = priced?.markets ?? [];
  expect(priced?.markets).toHaveLength(1);
  expect(h2h).toMatchObject({ market: "h2h", line: null, bookmakers: 2, pushPossible: false });
  // Each book's margin-free price of one side is 1.8/3.9 and 2.1/3.9: their mean is one half.
  expect(h2h?.outcomes).toMatchObject([
    { name: "Hawks", point: null, decimalOdds: 2.1, bookmaker: "one", quoteAgeSeconds: 60 },
    { name: "Nets", point: null, decimalOdds: 2.1, bookmaker: "two", quoteAgeSeconds: 30 },
  ]);
  for (const one of h2h?.outcomes ?? []) {
    expect(one.impliedProbability).toBeCloseTo(1 / 2.1, 12);
    expect(one.fairProbability).toBeCloseTo(0.5, 12);
    expect(one.expectedValue).toBeCloseTo(0.05, 12);
    // (p·b - q)/b with b = 1.1.
    expect(one.kellyStake).toBeCloseTo((0.5 * 1.1 - 0.5) / 1.1, 12);
  }
  expect(h2h?.arbitrage).toMatchObject({ exists: true, stakes: [50, 50] });
  expect(h2h?.arbitrage?.sumImplied).toBeCloseTo(2 / 2.1, 12);
  expect(h2h?.arbitrage?.profitPct).toBeCloseTo(5, 10);
  expect(h2h?.arbitrage?.worstProfit).toBeCloseTo(5, 10);
});

test("spreads and totals are joined by line, and only half lines are exhaustive", () => {
  const spread = (home: number, homePrice: number, awayPrice: number) => {
    return market("spreads", [outcome("Nets", awayPrice, 0 - home), outcome("Hawks", homePrice, home)]);
  };
  const total = (line: number) => market("totals", [outcome("Under", 1.9, line), outcome("Over", 1.95, line)]);
  const { events } = priceEvents(
    read(
      event({
        one: [spread(-3.5, 1.91, 1.91), total(210.5)],
        two: [spread(-4, 2, 1.85), total(210.5)],
        three: [spread(-3.5, 1.95, 1.87)],
      }),
    ),
    terms,
  );
  const seen = events[0]?.markets.map(({ market, line, bookmakers, pushPossible, arbitrage }) => {
    return [market, line, bookmakers, pushPossible, arbitrage?.exists ?? null];
  });
  expect(seen).toEqual([
    ["spreads", -3.5, 2, false, false],
    ["totals", 210.5, 2, false, false],
    ["spreads", -4, 1, true, null],
  ]);
  expect(events[0]?.markets[0]?.outcomes.map(({ name, point, decimalOdds }) => [name, point, decimalOdds])).toEqual([
    ["Hawks", -3.5, 1.95],
    ["Nets", 3.5, 1.91],
  ]);
});

test("two-way prices where a draw is possible are not exhaustive, three-way ones are", () => {
  const three = [outcome("Nets", 3), outcome("Draw", 3.3), outcome("Hawks", 2.4)];
  const two = [outcome("Nets", 2.2), outcome("Hawks", 1.7)];
  const { events } = priceEvents(read(event({ one: [market("h2h", three)], two: [market("h2h", two)] })), {
    ...terms,
    drawPossible: true,
  });
  expect(events[0]?.markets.map(({ outcomes, pushPossible }) => [outcomes.length, pushPossible])).toEqual([
    [3, false],
    [2, true],
  ]);
});

test("stale quotes and markets that do not hold together are left out and counted", () => {
  const old = market("h2h", [outcome("Hawks", 9), outcome("Nets", 9)], "2025-09-07T15:49:59Z");
  const twice = market("h2h", [outcome("Hawks", 2), outcome("Hawks", 2)]);
  const oneSided = market("totals", [outcome("Over", 2, 200.5)]);
  const otherLine = market("spreads", [outcome("Hawks", 2, -3.5), outcome("Nets", 2, 4.5)]);
  const stranger = market("h2h", [outcome("Hawks", 2), outcome("Bulls", 2)]);
  const pointless = market("spreads", [outcome("Hawks", 2), outcome("Nets", 2)]);
  const priced = priceEvents(
    read(event({ one: [old], two: [twice, oneSided, otherLine, stranger, pointless] })),
    terms,
  );
  expect(priced).toMatchObject({ staleQuotes: 2, brokenQuotes: 9, events: [{ markets: [] }] });
});

test("no probability is made up from prices that hold no margin", () => {
  const generous = market("h2h", [outcome("Hawks", 2.1), outcome("Nets", 2.1)]);
  const [h2h] = priceEvents(read(event({ one: [generous] })), terms).events[0]?.markets ?? [];
  expect(h2h?.outcomes.map((one) => [one.fairProbability, one.expectedValue, one.kellyStake])).toEqual([
    [null, null, null],
    [null, null, null],
  ]);
  expect(h2h?.arbitrage).toMatchObject({ exists: true });
});

test("a price of one or below is no price", () => {
  expect(() => read(event({ one: [market("h2h", [outcome("Hawks", 1), outcome("Nets", 2)])] }))).toThrow("price");
});
