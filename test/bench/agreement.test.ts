// Votes under attack. The whole of 10,000 seeds is `node dist/bench/agreement/main.js storm --seeds 10000`; here are as many
// as a test may take, with real signatures and with the cheap ones, and every planted defect that the checker must notice.
import { describe, expect, it } from "vitest";
import { checkStorm } from "../../bench/agreement/check-storm.ts";
import { readSettings } from "../../bench/agreement/settings.ts";
import { flaws, runStorm, type Flaw } from "../../bench/agreement/storm.ts";
import type { KeyKind } from "../../bench/agreement/keys.ts";
import { measureSpeed } from "../../bench/agreement/speed.ts";
import { realClock } from "../../src/host/clock.ts";

function run(keys: KeyKind, from: number, seeds: number, flaw?: Flaw) {
  const sum = { violations: [] as string[], certificates: 0, equivocators: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const found = checkStorm(runStorm({ seed, keys, flaw }), flaw === "signatures-ignored");
    sum.violations.push(...found.violations.map((one) => `seed ${seed}: ${one}`));
    sum.certificates += found.certificates;
    sum.equivocators += found.equivocators;
  }
  return sum;
}

describe("f of 3f + 1 members lie, equivocate, stall, collude or impersonate", () => {
  it.each([
    ["hash", 1_000, 80],
    ["ed25519", 1, 200],
  ] as const)("no two certificates conflict, and who was seen is named (%s keys)", (keys, from, seeds) => {
    const { violations, certificates, equivocators } = run(keys, from, seeds);
    expect(violations).toEqual([]);
    // A storm in which nothing was agreed and nobody lied would show nothing.
    expect(certificates).toBeGreaterThan(seeds);
    expect(equivocators).toBeGreaterThan(seeds);
  });

  it("is the same for the same seed, and both kinds of keys tell the same story", () => {
    const story = (keys: KeyKind) => {
      const { rounds } = runStorm({ seed: 17, keys });
      return rounds.map(({ observers, forged }) => [
        observers.map(({ received, certificate, proofs }) => [received.length, certificate?.vote, proofs.length]),
        forged.map(({ vote, motion }) => [vote, motion.symbol]),
      ]);
    };
    expect(story("ed25519")).toEqual(story("hash"));
    expect(runStorm({ seed: 17, keys: "ed25519" }).rounds).toEqual(runStorm({ seed: 17, keys: "ed25519" }).rounds);
  });
});

describe("the checker of the storm", () => {
  const telltale: Readonly<Record<Flaw, string>> = {
    "extra-colluder": "conflicting certificates",
    "signatures-ignored": "conflicting certificates",
    "forgetful-member": "an honest member was convicted",
    "blind-observer": "an equivocator was seen and not named",
  };
  it.each(flaws)("notices %s", (flaw) => {
    const { violations } = run("hash", 1, 30, flaw);
    expect(violations.filter((one) => one.includes(telltale[flaw]))).not.toEqual([]);
  });
});

it("reads its options, and refuses what it does not know", () => {
  expect(readSettings(["storm", "--seeds", "5", "--keys", "ed25519"])).toEqual({
    kind: "storm",
    seeds: 5,
    from: 1,
    keys: "ed25519",
    flaw: undefined,
  });
  expect(() => readSettings(["storm", "--flaw", "bad luck"])).toThrow("'bad luck' is none of extra-colluder");
  expect(() => readSettings(["speed", "--seeds", "5"])).toThrow("unknown option '--seeds'");
  expect(() => readSettings([])).toThrow("'' is neither storm nor speed");
});

it("measures ballots beside bare verification in one run", () => {
  const measured = measureSpeed(realClock, 1);
  expect(Object.keys(measured)).toEqual([
    "rounds",
    "ballotsPerRound",
    "bareVerifies",
    "ballotsVerified",
    "ballotsSettled",
    "verifiedRatio",
    "settledRatio",
  ]);
  expect(Object.values(measured).every((value) => value > 0)).toBe(true);
});
