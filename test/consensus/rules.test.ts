// The named ways to agree, and the bounds of the Byzantine one.
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { ConsensusRule, Member } from "../../src/contracts/ballots.ts";
import { decide } from "../../src/consensus/decide.ts";
import { effectiveVotersPpm } from "../../src/consensus/effective-voters.ts";
import { cappedWeights } from "../../src/consensus/fault-domains.ts";
import { electVoters } from "../../src/consensus/committee.ts";
import { fraction, reaches } from "../../src/consensus/fraction.ts";
import { byzantineBounds, byzantineWeight } from "../../src/consensus/quorum.ts";
import { ruleFor } from "../../src/consensus/rules.ts";

const usual: ConsensusRule = { quorum: { num: 2, den: 3 }, threshold: { num: 2, den: 3 }, deadbandPpm: 0 };
const member = (agentId: string, weightPpm = 1_000_000, domains?: string[]): Member => {
  const plain = { agentId, role: "momentum", weightPpm, publicKey: agentId } as const;
  return domains === undefined ? plain : { ...plain, domains };
};
const buys = (ids: readonly string[]) =>
  ids.map((agentId) => {
    const said = { agentId, round: "r", vote: "buy", convictionPpm: 500_000 } as const;
    return { ...said, inputsSha256: "0".repeat(64), signature: "" };
  });
const reasonOf = (rule: ConsensusRule, members: readonly string[], voters: readonly string[]) =>
  decide(
    members.map((id) => member(id)),
    buys(voters),
    rule,
    { round: "r", symbol: "X", verify: () => true },
  ).reason;

describe("modes", () => {
  it("majority is the usual rule, untouched", () => expect(ruleFor({ mode: "majority" }, usual)).toBe(usual));

  it("unanimous needs everyone assigned", () => {
    const rule = ruleFor({ mode: "unanimous" }, usual);
    expect([reasonOf(rule, ["a", "b"], ["a", "b"]), reasonOf(rule, ["a", "b", "c"], ["a", "b"])]).toEqual([
      "agreed",
      "no-quorum",
    ]);
  });

  it("threshold needs the stated share of all assigned weight, exactly", () => {
    const rule = ruleFor({ mode: "threshold", threshold: "3/4" }, usual);
    const ids = ["a", "b", "c", "d"];
    expect([reasonOf(rule, ids, ["a", "b", "c"]), reasonOf(rule, ids, ["a", "b"])]).toEqual(["agreed", "no-quorum"]);
  });

  it.each([
    [{ mode: "threshold" }, "no share is given"],
    [{ mode: "threshold", threshold: "0.5" }, "two sides could both have it"],
    [{ mode: "byzantine", threshold: "0.9" }, "the mode byzantine has its own"],
  ] as const)("refuses %j", (request, why) => {
    expect(() => ruleFor(request, usual)).toThrow(expect.objectContaining({ code: "usage.invalid" }));
    expect(() => ruleFor(request, usual)).toThrow(why);
  });
});

describe("bounds", () => {
  it.each([
    [4, 1, 3],
    [5, 1, 4],
    [7, 2, 5],
    [20, 6, 14],
    [100, 33, 67],
  ])("%i voters tolerate %i and need %i", (voters, faults, ballots) => {
    expect(byzantineBounds(voters)).toEqual({ voters, faults, ballots });
  });

  test("two quorums share more members than may lie, and the honest alone make one, by heads and by weight", () => {
    const law = fc.property(fc.integer({ min: 1, max: 10_000 }), (n) => {
      const { faults, ballots } = byzantineBounds(n);
      expect(2 * ballots - n).toBeGreaterThan(faults);
      expect(n - faults).toBeGreaterThanOrEqual(ballots);
      const weight = byzantineWeight(BigInt(n));
      expect(weight).toBe(BigInt(ballots));
    });
    fc.assert(law);
  });
});

test("shares compare as the exact fractions they are written as", () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  const law = fc.property(whole, whole, whole, whole, (a, b, part, all) => {
    const [num, den] = a <= b ? [a, b] : [b, a];
    const share = fraction(`${num}/${den}`);
    expect(reaches(BigInt(part), BigInt(all), share)).toBe(BigInt(part) * BigInt(den) >= BigInt(num) * BigInt(all));
    // Scaling a share or a part changes nothing.
    expect(reaches(BigInt(part) * 7n, BigInt(all) * 7n, { num: share.num * 3, den: share.den * 3 })).toBe(
      reaches(BigInt(part), BigInt(all), share),
    );
    expect(reaches(BigInt(num), BigInt(den), share)).toBe(true);
    expect(reaches(BigInt(num) * 1_000_001n - 1n, BigInt(den) * 1_000_001n, share)).toBe(false);
  });
  fc.assert(law);
  const decimals = fc.property(fc.integer({ min: 0, max: 1_000_000 }), (ppm) => {
    const text = `${Math.floor(ppm / 1e6)}.${String(ppm % 1e6).padStart(6, "0")}`;
    expect(reaches(BigInt(ppm), 1_000_000n, fraction(text))).toBe(true);
    if (ppm > 0) expect(reaches(BigInt(ppm) - 1n, 1_000_000n, fraction(text))).toBe(false);
  });
  fc.assert(decimals);
});

describe("fault domains", () => {
  const some = fc.record({
    weightPpm: fc.integer({ min: 0, max: 1_000_000_000 }),
    domains: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 }),
  });
  test("no domain weighs more than a third of all registered weight, and nobody gains", () => {
    const law = fc.property(fc.array(some, { minLength: 1, maxLength: 12 }), fc.boolean(), (list, alone) => {
      const members = list.map(({ weightPpm, domains }, at) => member(`m${at}`, weightPpm, domains));
      const capped = cappedWeights(members, alone);
      const all = members.reduce((sum, one) => sum + BigInt(one.weightPpm), 0n);
      const held = (name: string): bigint =>
        members.reduce((sum, one) => (one.domains?.includes(name) ? sum + (capped.get(one.agentId) ?? 0n) : sum), 0n);
      for (const name of ["x", "y", "z"]) expect(3n * held(name)).toBeLessThanOrEqual(all);
      for (const one of members) {
        const own = capped.get(one.agentId) ?? 0n;
        expect(own).toBeLessThanOrEqual(BigInt(one.weightPpm));
        if (alone) expect(3n * own).toBeLessThanOrEqual(all);
      }
    });
    fc.assert(law);
  });

  it("changes nothing where no domain is declared", () => {
    expect([...cappedWeights([member("a", 5), member("b", 1)], false).values()]).toEqual([5n, 1n]);
  });
});

describe("effective voters", () => {
  const matrix = (n: number, rho: number) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1_000_000 : rho)));
  const equal = (n: number) => Array.from({ length: n }, () => 1_000_000n);

  it.each([
    [31, 300_000, 3_100_000],
    [5, 1_000_000, 1_000_000],
    [4, 0, 4_000_000],
  ])("%i voters at %i are worth %i", (n, rho, wanted) => {
    expect(effectiveVotersPpm(equal(n), matrix(n, rho))).toBe(wanted);
  });

  it("with equal weights is n/(1 + (n - 1)·rho), and never more than n nor less than one", () => {
    const law = fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 1_000_000 }), (n, rho) => {
      const worth = effectiveVotersPpm(equal(n), matrix(n, rho));
      expect(worth).toBe(Number((BigInt(n) * 1_000_000_000_000n) / (1_000_000n + BigInt(n - 1) * BigInt(rho))));
      expect(worth).toBeGreaterThanOrEqual(1_000_000);
      expect(worth).toBeLessThanOrEqual(n * 1_000_000);
    });
    fc.assert(law);
  });

  it("refuses what is no matrix of correlations", () => {
    expect(() =>
      effectiveVotersPpm(equal(2), [
        [1_000_000, 1],
        [2, 1_000_000],
      ]),
    ).toThrow("symmetric");
    expect(() => effectiveVotersPpm(equal(2), matrix(3, 0))).toThrow("a row of correlations");
  });
});

describe("the committee", () => {
  const many = Array.from({ length: 100 }, (_, at) => member(`m${at}`, at === 0 ? 0 : 1));
  const seed = { swarm: "s", epoch: 1, round: "r1" };
  const drawn = (round: string) => electVoters(many, { ...seed, round }).map(({ agentId }) => agentId);

  it("has 31 members with weight, the same for the same round in any order, another for another", () => {
    expect(drawn("r1")).toHaveLength(31);
    expect(electVoters([...many].reverse(), seed).map(({ agentId }) => agentId)).toEqual(drawn("r1"));
    expect(drawn("r2")).not.toEqual(drawn("r1"));
    expect(drawn("r1")).not.toContain("m0");
  });

  it("draws everyone about as often", () => {
    const times = new Map<string, number>();
    for (let at = 0; at < 400; at++) for (const id of drawn(`r${at}`)) times.set(id, (times.get(id) ?? 0) + 1);
    // 400 draws of 31 in 99: 125 expected, standard deviation 9.3; five of them are allowed.
    expect(Math.min(...times.values())).toBeGreaterThan(125 - 47);
    expect(Math.max(...times.values())).toBeLessThan(125 + 47);
  });

  it("is everyone up to 31", () => expect(electVoters(many.slice(0, 32), seed)).toHaveLength(31));
});
