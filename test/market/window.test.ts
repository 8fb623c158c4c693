// A window ends with the decision bar: later bars never reach an agent.
import { expect, test } from "vitest";
import { indexAsOf } from "../../src/market/cut-tape.ts";
import { isoDate } from "../../src/market/iso-date.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { candlesOf, windowOf } from "../../src/market/window.ts";

const tape = loadTape("AAPL");

test("the last bar of a window is the decision bar, and there are at most as many as asked for", () => {
  const at = indexAsOf(tape, "2017-03-05");
  const window = windowOf(tape, at, 300);
  expect([isoDate(window.t.at(-1)), window.close.length, window.symbol]).toEqual(["2017-03-03", 300, "AAPL"]);
  expect(windowOf(tape, 3, 300).close).toEqual([...tape.candles.close.subarray(0, 4)]);
  expect(candlesOf(window).close).toEqual(tape.candles.close.slice(at - 299, at + 1));
});

test("a decision bar outside the tape is a programmer's error", () => {
  expect(() => windowOf(tape, 1260, 10)).toThrow("Invariant broken");
  expect(() => windowOf(tape, -1, 10)).toThrow("Invariant broken");
});

test("as-of before the first bar has no index", () => {
  expect(indexAsOf(tape, "2000-01-01")).toBe(-1);
});
