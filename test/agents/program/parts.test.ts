// What the program decides must have been asked in the way its strategy decides; tapes grow by what is shown.
import { expect, test } from "vitest";
import { openParts } from "../../../src/agents/program/parts.ts";
import type { Bars, Part } from "../../../src/contracts/part-frames.ts";

const bars = (from: number, count: number): Bars => {
  const column = Array.from({ length: count }, (_, at) => 100 + from + at);
  const [open, high, low, close, volume] = [column, column, column, column, column];
  return { kind: "bars", tape: 0, from, t: column.map((at) => at * 86_400_000), open, high, low, close, volume };
};
const part = (strategy: string, more: Partial<Part> = {}): Part => {
  return { kind: "part", taskId: "t", strategy, params: {}, tapes: 1, from: 0, to: 30, ...more };
};
const holding = { units: [0], equity: Array.from({ length: 30 }, () => 1_000) };

test("a strategy is asked by what is held or not, as it decides", () => {
  const parts = openParts();
  expect([parts.show(bars(0, 10)), parts.show(bars(10, 20))]).toEqual([null, null]);
  expect(parts.decide("a", part("buy-hold")).decided).not.toEqual([]);
  expect(parts.decide("a", part("multi-sma-long", { holding })).decided).toEqual([]);
  expect(() => parts.decide("a", part("multi-sma-long"))).toThrow(
    "multi-sma-long decides by what is held, and no holding was told",
  );
  expect(() => parts.decide("a", part("buy-hold", { holding }))).toThrow("buy-hold decides without a holding");
});

test("bars shown in pieces are the bars shown at once", () => {
  const [pieces, whole] = [openParts(), openParts()];
  for (let from = 0; from < 30; from += 5) pieces.show(bars(from, 5));
  whole.show(bars(0, 30));
  const asked = part("roc-follow", { params: { period: 3 } });
  const [one, other] = [pieces.decide("a", asked), whole.decide("a", asked)];
  expect(one.decided).toEqual(other.decided);
  expect(one.decided).not.toEqual([]);
  expect(pieces.show(bars(29, 1))).toBe("Bars begin at 29, the tape ends at 30");
});
