// The ledger balances after every fill, books a fill once, and a snapshot must prove itself.
import fc from "fast-check";
import { expect, test } from "vitest";
import { microUsd } from "../../src/contracts/money.ts";
import { bookFill } from "../../src/portfolio/book-fill.ts";
import { balanceOf, openLedger, positionOf, post, realisedOf, valueOf, type Fill } from "../../src/portfolio/ledger.ts";
import { restoreLedger, snapshotOf } from "../../src/portfolio/snapshot.ts";

function fill(fillId: string, side: Fill["side"], quantity: number, dollars: number, fee = 0): Fill {
  return { fillId, symbol: "AAPL", side, quantity, priceMicroUsd: microUsd(dollars), feeMicroUsd: microUsd(fee) };
}

test("average cost, fees apart from price, profit realised on what is sold", () => {
  const ledger = openLedger(microUsd(10_000));
  bookFill(ledger, fill("1", "buy", 10, 100, 2));
  bookFill(ledger, fill("2", "buy", 10, 110, 2.2));
  bookFill(ledger, fill("3", "sell", 5, 120, 1.2));
  expect(positionOf(ledger, "AAPL")).toEqual({ quantity: 15, costMicroUsd: microUsd(1_575) });
  expect([realisedOf(ledger), balanceOf(ledger, "fees")]).toEqual([microUsd(75), microUsd(5.4)]);
  expect(valueOf(ledger, { AAPL: microUsd(120) })).toEqual({
    cashMicroUsd: microUsd(8_494.6),
    positionsMicroUsd: microUsd(1_800),
    equityMicroUsd: microUsd(10_294.6),
  });
});

test("a sale through zero closes the long and opens a short", () => {
  const ledger = openLedger(microUsd(1_000));
  bookFill(ledger, fill("1", "buy", 3, 10));
  bookFill(ledger, fill("2", "sell", 5, 12));
  expect(positionOf(ledger, "AAPL")).toEqual({ quantity: -2, costMicroUsd: microUsd(-24) });
  expect(realisedOf(ledger)).toBe(microUsd(6));
  bookFill(ledger, fill("3", "buy", 2, 11));
  expect(positionOf(ledger, "AAPL")).toEqual({ quantity: 0, costMicroUsd: 0 });
  expect([realisedOf(ledger), balanceOf(ledger, "cash")]).toEqual([microUsd(8), microUsd(1_008)]);
});

test("a fill is booked once; its id is no one else's", () => {
  const ledger = openLedger(microUsd(1_000));
  expect(bookFill(ledger, fill("1", "buy", 3, 10))).toBe("booked");
  const before = snapshotOf(ledger);
  expect(bookFill(ledger, fill("1", "buy", 3, 10))).toBe("duplicate");
  expect(snapshotOf(ledger)).toEqual(before);
  expect(() => bookFill(ledger, fill("1", "buy", 4, 10))).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});

test("an entry that does not sum to zero is refused and changes nothing", () => {
  const ledger = openLedger(microUsd(1_000));
  const entry = { id: "gift", lines: [{ account: "cash", amountMicroUsd: 1 }] } as const;
  expect(() => post(ledger, entry)).toThrow(
    "[portfolio.unbalanced] Cannot book gift: its lines sum to 1 micro-dollars, not 0",
  );
  expect([balanceOf(ledger, "cash"), ledger.entries.length]).toEqual([microUsd(1_000), 1]);
});

test.each([0, -1, 1.5, NaN])("a quantity of %d is refused", (quantity) => {
  const ledger = openLedger(microUsd(1_000));
  expect(() => bookFill(ledger, fill("1", "buy", quantity, 10))).toThrow(
    expect.objectContaining({ code: "usage.invalid" }),
  );
});

test("a held symbol without a price is refused, not valued at zero", () => {
  const ledger = openLedger(microUsd(1_000));
  bookFill(ledger, fill("1", "buy", 3, 10));
  expect(() => valueOf(ledger, {})).toThrow(expect.objectContaining({ code: "market.symbol" }));
});

test("a snapshot of which one number was changed is refused", () => {
  const ledger = openLedger(microUsd(1_000));
  bookFill(ledger, fill("1", "buy", 3, 10));
  const snapshot = snapshotOf(ledger);
  const refused = expect.objectContaining({ code: "portfolio.unbalanced" });
  expect(restoreLedger(JSON.parse(JSON.stringify(snapshot)))).toEqual(ledger);
  expect(() => restoreLedger({ ...snapshot, cashMicroUsd: snapshot.cashMicroUsd + 1 })).toThrow(refused);
  expect(() => restoreLedger({ ...snapshot, fills: [...snapshot.fills, ...snapshot.fills] })).toThrow(refused);
  expect(() => restoreLedger({})).toThrow(refused);
});

test("after any fills the books balance, equity is capital + profit - fees, and restoring gives the same ledger", () => {
  const one = fc.record({
    side: fc.constantFrom<Fill["side"]>("buy", "sell"),
    symbol: fc.constantFrom("A", "B"),
    quantity: fc.integer({ min: 1, max: 1_000 }),
    priceMicroUsd: fc.integer({ min: 1, max: 1_000_000_000 }),
    feeMicroUsd: fc.integer({ min: 0, max: 1_000_000 }),
  });
  const law = fc.property(fc.array(one, { maxLength: 20 }), (fills) => {
    const ledger = openLedger(microUsd(1_000));
    fills.forEach((each, at) => bookFill(ledger, { ...each, fillId: `f${at}` }));
    expect([...ledger.balances.values()].reduce((sum, value) => sum + value, 0)).toBe(0);
    for (const [symbol, { quantity, costMicroUsd }] of ledger.positions) {
      expect(costMicroUsd).toBe(balanceOf(ledger, `position:${symbol}`));
      if (quantity === 0) expect(costMicroUsd).toBe(0);
    }
    const cost = [...ledger.positions.values()].reduce((sum, one) => sum + one.costMicroUsd, 0);
    expect(balanceOf(ledger, "cash") + cost).toBe(microUsd(1_000) + realisedOf(ledger) - balanceOf(ledger, "fees"));
    expect(restoreLedger(snapshotOf(ledger))).toEqual(ledger);
  });
  fc.assert(law);
});
