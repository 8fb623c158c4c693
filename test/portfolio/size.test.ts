// Sizing: the wish is the conviction, each limit cuts it visibly, and no order exceeds its limits.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { microUsd } from "../../src/contracts/money.ts";
import { defaultLimits, size, type Holdings } from "../../src/portfolio/size.ts";

const flat: Holdings = {
  equityMicroUsd: microUsd(100_000),
  cashMicroUsd: microUsd(100_000),
  quantity: 0,
  otherGrossMicroUsd: 0,
  otherNetMicroUsd: 0,
  peakEquityMicroUsd: microUsd(100_000),
  dayEquityMicroUsd: microUsd(100_000),
};
const cut = (limit: string, beforePpm: number, afterPpm: number, reason: string) => {
  return { limit, beforePpm, afterPpm, limitPpm: afterPpm, reason };
};
const buy = { symbol: "AAPL", action: "buy", convictionPpm: 600_000 } as const;

test("conviction times the Kelly fraction, in whole units", () => {
  expect(size(buy, flat, microUsd(140))).toEqual({
    targetPpm: 150_000,
    orders: [{ symbol: "AAPL", side: "buy", quantity: 107 }],
    clamps: [
      {
        limit: "kelly",
        beforePpm: 600_000,
        afterPpm: 150_000,
        limitPpm: 150_000,
        reason: "25 % of the full Kelly stake is taken",
      },
    ],
  });
});

test("every limit that cuts is recorded in order", () => {
  const holdings = { ...flat, cashMicroUsd: microUsd(5_010), otherGrossMicroUsd: microUsd(90_000) };
  const limits = { ...defaultLimits, kellyPpm: 1_000_000, perSymbolPpm: 200_000, grossPpm: 1_000_000 };
  expect(size(buy, holdings, microUsd(100), limits)).toEqual({
    targetPpm: 50_000,
    orders: [{ symbol: "AAPL", side: "buy", quantity: 50 }],
    clamps: [
      cut("per-symbol", 600_000, 200_000, "one symbol has at most 20 % of equity"),
      cut("gross", 200_000, 100_000, "all positions have at most 100 % of equity, the others have 90 %"),
      cut("cash", 100_000, 50_000, "cash pays for no more, the fee included"),
    ],
  });
});

test("a sell without permission to go short closes what is held, and nothing when nothing is", () => {
  const sell = { symbol: "AAPL", action: "sell", convictionPpm: -600_000 } as const;
  expect(size(sell, { ...flat, quantity: 30 }, microUsd(100)).orders).toEqual([
    { symbol: "AAPL", side: "sell", quantity: 30 },
  ]);
  expect(size(sell, flat, microUsd(100)).orders).toEqual([]);
  const short = size(sell, flat, microUsd(100), { ...defaultLimits, allowShort: true });
  expect([short.targetPpm, short.orders]).toEqual([-150_000, [{ symbol: "AAPL", side: "sell", quantity: 150 }]]);
});

test("no action, no order", () => {
  const none = { symbol: "AAPL", action: "none", convictionPpm: 900_000 } as const;
  expect(size(none, flat, microUsd(100))).toEqual({ targetPpm: 0, orders: [], clamps: [] });
});

test("a wish of a sizing method takes the place of the conviction, and the same limits cut it", () => {
  expect(size(buy, flat, microUsd(100), defaultLimits, 120_000)).toEqual({
    targetPpm: 120_000,
    orders: [{ symbol: "AAPL", side: "buy", quantity: 120 }],
    clamps: [],
  });
  expect(size(buy, flat, microUsd(100), defaultLimits, 5_000_000).clamps).toEqual([
    cut("per-symbol", 5_000_000, 200_000, "one symbol has at most 20 % of equity"),
  ]);
});

test("net: longs less shorts are limited on the side of the decision", () => {
  const limits = { ...defaultLimits, netPpm: 300_000, allowShort: true, perSymbolPpm: 1_000_000 };
  const long = { ...flat, otherGrossMicroUsd: microUsd(25_000), otherNetMicroUsd: microUsd(25_000) };
  const reason = "longs less shorts are at most 30 % of equity, those of the others are 25 %";
  expect(size(buy, long, microUsd(100), limits, 200_000).clamps).toEqual([cut("net", 200_000, 50_000, reason)]);
  const sell = { ...buy, action: "sell" } as const;
  // A short position makes room: 30 % and the 25 % of the others.
  expect(size(sell, long, microUsd(100), limits, 600_000).clamps).toEqual([cut("net", 600_000, 550_000, reason)]);
  expect(size(sell, long, microUsd(100), limits, 500_000).clamps).toEqual([]);
});

test.each([
  [
    "drawdown",
    { peakEquityMicroUsd: microUsd(125_000) },
    "equity is 20 % below its highest; from 20 % on nothing is added",
  ],
  ["daily-loss", { dayEquityMicroUsd: microUsd(105_264) }, "the day has lost 5 %; from 5 % on nothing is added"],
])("%s: what is held stays, nothing is added, a sale goes through", (limit, change, reason) => {
  const holdings = { ...flat, ...change };
  expect(size(buy, holdings, microUsd(100), defaultLimits, 150_000)).toEqual({
    targetPpm: 0,
    orders: [],
    clamps: [cut(limit, 150_000, 0, reason)],
  });
  const held = { ...holdings, quantity: 80 };
  expect(size(buy, held, microUsd(100), defaultLimits, 150_000)).toMatchObject({ targetPpm: 80_000, orders: [] });
  const sell = { ...buy, action: "sell", convictionPpm: -600_000 } as const;
  expect(size(sell, held, microUsd(100)).orders).toEqual([{ symbol: "AAPL", side: "sell", quantity: 80 }]);
});

test("a loss short of its limit cuts nothing", () => {
  const holdings = { ...flat, peakEquityMicroUsd: microUsd(124_999), dayEquityMicroUsd: microUsd(105_263) };
  expect(size(buy, holdings, microUsd(100), defaultLimits, 150_000).clamps).toEqual([]);
});

test("a buy never exceeds the limits nor the cash, fee included", () => {
  const law = fc.property(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.integer({ min: 1, max: 5_000_000_000 }),
    fc.integer({ min: 0, max: 100_000_000_000 }),
    fc.integer({ min: 0, max: 1_000_000 }),
    (convictionPpm, price, cash, kellyPpm) => {
      const holdings = { ...flat, cashMicroUsd: cash };
      const { orders } = size({ ...buy, convictionPpm }, holdings, price, { ...defaultLimits, kellyPpm });
      const spent = (orders[0]?.quantity ?? 0) * price;
      expect(spent).toBeLessThanOrEqual(flat.equityMicroUsd * 0.2);
      expect(spent * 1.002).toBeLessThanOrEqual(cash + 1);
    },
  );
  fc.assert(law);
});
