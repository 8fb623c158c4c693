// Decimal strings and micro-dollars, both ways, without a float between.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { clientOrderId } from "../../src/broker/client-order-id.ts";
import { atTick, decimalFromMicro, microFromDecimal, wholeFromDecimal } from "../../src/broker/decimals.ts";

test.each([
  ["187.2", 187_200_000],
  ["-0.000001", -1],
  ["0", 0],
  ["-0", 0],
  ["1.10000000", 1_100_000],
  ["1.0000001", null],
  ["1e3", null],
  ["", null],
  [" 1", null],
  ["9999999999.999999", null],
])("%s is %s micro-dollars", (text, micro) => expect(microFromDecimal(text)).toBe(micro));

test("there and back", () => {
  const law = fc.property(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), (micro) => {
    expect(microFromDecimal(decimalFromMicro(micro))).toBe(micro);
  });
  fc.assert(law);
});

test.each([
  ["12", 12],
  ["12.00", 12],
  ["-3", -3],
  ["0.5", null],
  ["x", null],
])("%s is %s units", (text, units) => expect(wholeFromDecimal(text)).toBe(units));

test("a limit goes to the tick of the smaller order", () => {
  expect([atTick(10_019_999, "buy"), atTick(10_010_001, "sell")]).toEqual([10_010_000, 10_020_000]);
  expect([atTick(500_050, "buy"), atTick(500_050, "sell")]).toEqual([500_000, 500_100]);
});

test("the same decision names the same order, another one another", () => {
  const origin = { runId: "r", decisionId: "d", symbol: "AAPL", side: "buy", leg: 0 } as const;
  expect(clientOrderId(origin)).toMatch(/^[0-9a-f]{48}$/);
  const others = [{ runId: "r2" }, { decisionId: "e" }, { symbol: "A" }, { side: "sell" as const }, { leg: 1 }];
  const ids = [origin, origin, ...others.map((other) => ({ ...origin, ...other }))].map(clientOrderId);
  expect(new Set(ids).size).toBe(6);
});
