// Names and aliases lead to exactly one strategy; unknown ones are refused with the list.
import { expect, test } from "vitest";
import { checkParams } from "../../src/strategies/check-params.ts";
import { findStrategy, strategies } from "../../src/strategies/find-strategy.ts";

test("every id and alias is unique and found", () => {
  const names = strategies.flatMap((one) => [one.id, ...one.aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.map((name) => findStrategy(name).aliases.includes(name) || findStrategy(name).id === name)).toEqual(
    names.map(() => true),
  );
  expect(["mean_reversion", "momentum"].map((name) => findStrategy(name).id)).toEqual(["boll-revert", "momentum-12-1"]);
});

test("an unknown name is refused with the names there are", () => {
  expect(() => findStrategy("magic")).toThrow(
    "[strategy.unknown] No strategy is named magic: there are sma-cross-reverse",
  );
});

test("the defaults of every strategy pass its own rules", () => {
  for (const strategy of strategies)
    expect(checkParams(strategy)).toEqual(checkParams(strategy, checkParams(strategy)));
});
