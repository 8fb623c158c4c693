// Sizing: the wish is the conviction, each limit cuts it visibly, and no order exceeds its limits.
import fc from "fast-check";
import { expect, test } from "vitest";
import { microUsd } from "../../src/contracts/money.ts";
import { defaultLimits, size, type Holdings } from "../../src/portfolio/size.ts";

const flat: Holdings = {
  equityMicroUsd: microUsd(100_000),
  cashMicroUsd: microUsd(100_000),
  quantity: 0,
  otherGrossMicroUsd: 0,
};
const buy = { symbol: "AAPL", action: "buy", convictionPpm: 600_000 } as const;

test("conviction times the Kelly fraction, in whole units", () => {
  expect(size(buy, flat, microUsd(140))).toEqual({
    targetPpm: 150_000,
    orders: [{ symbol: "AAPL", side: "buy", quantity: 107 }],
    clamps: [{ limit: "kelly", beforePpm: 600_000, afterPpm: 150_000, limitPpm: 150_000 }],
  });
});

test("every limit that cuts is recorded in order", () => {
  const holdings = { ...flat, cashMicroUsd: microUsd(5_010), otherGrossMicroUsd: microUsd(90_000) };
  const limits = { ...defaultLimits, kellyPpm: 1_000_000, perSymbolPpm: 200_000, grossPpm: 1_000_000 };
  expect(size(buy, holdings, microUsd(100), limits)).toEqual({
    targetPpm: 50_000,
    orders: [{ symbol: "AAPL", side: "buy", quantity: 50 }],
    clamps: [
      { limit: "per-symbol", beforePpm: 600_000, afterPpm: 200_000, limitPpm: 200_000 },
      { limit: "gross", beforePpm: 200_000, afterPpm: 100_000, limitPpm: 100_000 },
      { limit: "cash", beforePpm: 100_000, afterPpm: 50_000, limitPpm: 50_000 },
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
