// The tone of a headline. The labelled fixture is the development set, so its share of hits is no estimate for other text.
import { expect, test } from "vitest";
import { readHeadlines, readLabelledHeadlines } from "../../../src/market/read-headlines.ts";
import { admitHeadlines, publishedMs } from "../../../src/strategies/sentiment/admit-headlines.ts";
import { scoreHeadline } from "../../../src/strategies/sentiment/score-headline.ts";

const headlines = readLabelledHeadlines("AAPL");

test("the fixture has at least 60 dated headlines of 2013 to 2018, all labelled", () => {
  expect(headlines.length).toBeGreaterThanOrEqual(60);
  expect(headlines.filter((one) => !/^201[3-8]-\d\d-\d\dT13:30:00Z$/.test(one.publishedAt))).toEqual([]);
  expect(readLabelledHeadlines("MSFT")).toEqual([]);
});

test("labels never travel, later headlines neither", () => {
  const until = Date.parse("2016-07-07T13:30:00Z");
  const given = readHeadlines("AAPL", until);
  expect(given.length).toBe(16);
  expect(given.every((one) => !("label" in one) && Date.parse(one.publishedAt) <= until)).toBe(true);
});

test("direction times noun, negation, phrases, hedges", () => {
  const scores = [
    "Sales fall",
    "Costs fall",
    "Not a disappointing quarter",
    "Profit warning",
    "Sales could rise",
    "Nothing",
  ];
  expect(scores.map((text) => Number(scoreHeadline(text).score.toFixed(2)))).toEqual([-0.7, 0.7, 0.6, -1, 0.35, 0]);
  expect(scoreHeadline("Costs fall").spans).toEqual([{ text: "costs fall", weight: 0.7 }]);
});

test("words of the language itself are no lexicon entries", () => {
  expect(scoreHeadline("constructor toString __proto__ hasOwnProperty")).toEqual({ score: 0, spans: [] });
});

test("at least 90 % of the development set", () => {
  const wrong = headlines.filter(({ text, label }) => {
    const { score } = scoreHeadline(text);
    return label !== (score > 0.05 ? "positive" : score < -0.05 ? "negative" : "neutral");
  });
  expect(wrong.length).toBeLessThanOrEqual(headlines.length / 10);
});

test("later, undated, stale and foreign headlines are turned away and counted", () => {
  const at = (publishedAt: string, symbol = "AAPL") => ({ text: "Sales rise", symbol, publishedAt, source: "test" });
  const given = [
    at("2017-01-02T10:00:00Z"),
    at("2017-01-03T00:00:01Z"),
    at("2017-01-03"),
    at("yesterday"),
    at("2017-01-01T10:00:00"),
    at("2016-01-01T10:00:00Z"),
    at("2017-01-02T10:00:00Z", "MSFT"),
  ];
  expect(admitHeadlines(given, "AAPL", Date.parse("2017-01-03T00:00:00Z"), 60)).toEqual({
    admitted: [given[0]],
    later: 2,
    undated: 2,
    stale: 1,
    otherSymbol: 1,
  });
  expect(publishedMs("2017-01-02T10:00:00+02:00")).toBe(Date.UTC(2017, 0, 2, 8));
});
