// The stranger's verifier of certificates: it agrees with the maker on every sound certificate, and names what is wrong with
// each forged one. A verifier that skips a check lets at least one of these forgeries pass, and is caught by that.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Certificate } from "../../../src/contracts/agreement.ts";
import { canonicalJson } from "../../../src/contracts/json.ts";
import type { SignedBallot } from "../../../src/contracts/signed-ballot.ts";
import { settle } from "../../../src/consensus/certificate.ts";
import { openSignatureCheck } from "../../../src/consensus/ballot-signature.ts";
import { findEquivocations } from "../../../src/consensus/equivocation.ts";
import { verifyAgreement } from "../../../harness/verify/quorum-certificate.ts";
import { ballotOf, memberOf, motionOf } from "../../consensus/electorate.ts";

const ids = ["a", "b", "c", "d"];
const liar = [0, 1].map((i) => ballotOf(motionOf(ids.map((id) => memberOf(id))), "d", i === 0 ? "buy" : "sell"));
const evictions = [...findEquivocations(liar, openSignatureCheck())];
const rhoPpm = ids.map((_, i) => ids.map((_, j) => (i === j ? 1_000_000 : 250_000)));
const members = ids.map((id) => memberOf(id, { calibrationPpm: 900_000, domains: [`model:${id}`] }));
const motion = motionOf(members, { round: "r2", evictions, rhoPpm, history: { sha256: "1".repeat(64), resolved: 40 } });
const cast = (["a", "b", "c"] as const).map((id, at) => ballotOf(motion, id, "buy", { convictionPpm: 400_000 + at }));
const sound = settle(motion, cast).certificate ?? fail();
function fail(): never {
  throw new Error("three of four make a certificate");
}

type Change = (copy: { -readonly [Key in keyof Certificate]: Certificate[Key] }) => unknown;
const ballots = (list: readonly (SignedBallot | undefined)[]): SignedBallot[] =>
  list.filter((one) => one !== undefined);
const [one, two, three] = sound.ballots;
const resigned = (id: string, more: Parameters<typeof ballotOf>[3]) =>
  ballotOf(motion, id, "buy", { convictionPpm: 400_000, ...more });

const forgeries: Readonly<Record<string, Change>> = {
  "another vote": (copy) => (copy.vote = "sell"),
  "another action": (copy) => (copy.action = "none"),
  "a larger size": (copy) => (copy.convictionPpm = 900_000),
  "too few ballots": (copy) => (copy.ballots = ballots([one, two])),
  "one member twice": (copy) => (copy.ballots = ballots([one, two, two])),
  "members out of order": (copy) => (copy.ballots = ballots([two, one, three])),
  "a ballot that was altered": (copy) =>
    (copy.ballots = ballots([one, two, three && { ...three, convictionPpm: 999_999 }])),
  "a ballot nobody signed": (copy) =>
    (copy.ballots = ballots([one, two, three && { ...three, signature: `${"A".repeat(86)}==` }])),
  "a ballot of another round": (copy) => (copy.ballots = ballots([one, two, resigned("c", { round: "r1" })])),
  "a ballot of another swarm": (copy) => (copy.ballots = ballots([one, two, resigned("c", { swarm: "t" })])),
  "a ballot on another motion": (copy) =>
    (copy.ballots = ballots([one, two, resigned("c", { motionSha256: "2".repeat(64) })])),
  "a ballot of another key": (copy) => (copy.ballots = ballots([one, two, { ...resigned("e", {}), agentId: "c" }])),
  "a ballot of the evicted": (copy) => (copy.ballots = ballots([one, two, resigned("d", {})])),
  "a ballot of a stranger": (copy) => (copy.ballots = ballots([one, two, resigned("e", {})])),
  "a ballot with another vote": (copy) => (copy.ballots = ballots([one, two, ballotOf(motion, "c", "hold")])),
  "a quorum that was lowered": (copy) => (copy.quorum = { ...copy.quorum, ballots: 2 }),
  "a weight that was lowered": (copy) => (copy.quorum = { ...copy.quorum, weightPpm: 1 }),
  "voters left out": (copy) => (copy.voters = ["a", "b", "c"]),
  "more independent voters": (copy) => (copy.effectiveVotersPpm = 4_000_000),
  "a member left out": (copy) => (copy.motion = { ...motion, members: motion.members.slice(0, 3) }),
  "a member's weight": (copy) =>
    (copy.motion = { ...motion, members: [{ ...memberOf("a"), weightPpm: 2_000_000 }, ...motion.members.slice(1)] }),
  "another rule": (copy) => (copy.motion = { ...motion, rule: { ...motion.rule, mode: "majority" } }),
  "another epoch": (copy) => (copy.motion = { ...motion, epoch: 2 }),
  "an eviction forgotten": (copy) => (copy.motion = { ...motion, evictions: [] }),
  "an eviction without proof": (copy) =>
    (copy.motion = {
      ...motion,
      evictions: [{ schema: "equivocation/1", ballots: [cast[0] ?? fail(), cast[0] ?? fail()] }],
    }),
  "a field more": (copy) => Object.assign(copy, { note: "trust me" }),
};
const forged = (change: Change): string => {
  const copy = structuredClone(sound);
  change(copy);
  return canonicalJson(copy);
};
const survivors = (verify: (text: string) => boolean): string[] =>
  Object.entries(forgeries).flatMap(([name, change]) => (verify(forged(change)) ? [name] : []));

describe("the verifier of certificates", () => {
  it("verifies a sound certificate and says whose keys it cannot know", () => {
    const result = verifyAgreement(canonicalJson(sound), "c.json");
    expect(result).toEqual({
      verified: true,
      verdict: null,
      exitCode: 0,
      checked: ["3 of 4 voters signed buy, one ballot each", "quorum, size and action recomputed: buy"],
      remarks: [expect.stringMatching(/electorate [0-9a-f]{64}/)],
      problems: [],
    });
  });

  it("lets no forgery pass, and says where it is", () => {
    expect(survivors((text) => verifyAgreement(text).verified)).toEqual([]);
    expect(verifyAgreement(forged((copy) => (copy.quorum = { ...copy.quorum, ballots: 2 }))).problems).toMatchObject([
      { place: "quorum", problem: expect.stringContaining('"ballots":2') },
    ]);
    expect(verifyAgreement(`${canonicalJson(sound)} `).problems).toMatchObject([
      { problem: expect.stringContaining("canonical") },
    ]);
    expect(verifyAgreement("{}").problems).toMatchObject([{ place: "schema" }]);
  });

  it("would be caught if it ignored signatures", () => {
    const lax = survivors((text) => verifyAgreement(text, "c.json", () => true).verified);
    expect(lax).toEqual(["a ballot that was altered", "a ballot nobody signed"]);
  });

  it("agrees with the maker on any electorate, to the last digit", { timeout: 120_000 }, () => {
    const voter = fc.record({
      weightPpm: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 0, max: 1_000_000_000 })),
      calibrationPpm: fc.integer({ min: 0, max: 1_000_000 }),
      domains: fc.array(fc.constantFrom("model:x", "model:y", "data:z", "data:w"), { maxLength: 2 }),
      vote: fc.constantFrom("buy", "buy", "buy", "buy", "buy", "sell", "hold", "abstain"),
      convictionPpm: fc.integer({ min: 0, max: 1_000_000 }),
    });
    let certified = 0;
    const law = fc.property(fc.array(voter, { minLength: 4, maxLength: 36 }), (list) => {
      fc.pre(list.filter(({ weightPpm }) => weightPpm > 0).length >= 4);
      const named = list.map((one, at) => ({ ...one, id: `m${String(at).padStart(2, "0")}` }));
      const asked = motionOf(
        named.map(({ id, weightPpm, calibrationPpm, domains }) => memberOf(id, { weightPpm, calibrationPpm, domains })),
      );
      const all = named.map(({ id, vote, convictionPpm }) => ballotOf(asked, id, vote as "buy", { convictionPpm }));
      const { certificate } = settle(asked, all, () => true);
      if (certificate === null) return;
      certified += 1;
      expect(verifyAgreement(canonicalJson(certificate), "c.json", () => true).problems).toEqual([]);
    });
    fc.assert(law, { numRuns: 400, seed: 20_261_122 });
    expect(certified).toBeGreaterThan(40);
  });

  it("checks proofs of equivocation on their own", () => {
    const [proof] = evictions;
    const [first, second] = liar;
    if (proof === undefined || first === undefined || second === undefined) throw new Error("the liar is proved");
    const verify = (value: unknown): string[] =>
      verifyAgreement(canonicalJson(value as typeof proof)).problems.map(({ problem }) => problem);
    expect(verify(proof)).toEqual([]);
    expect(verify({ ...proof, ballots: [first, first] })).toEqual(["both ballots say the same"]);
    expect(verify({ ...proof, ballots: [first, { ...second, round: "r9" }] })).toEqual([
      "its ballots differ in round: both may be honest",
    ]);
    expect(verify({ ...proof, ballots: [first, { ...second, vote: "hold" }] })).toEqual([
      "its signature is not of the key it names",
    ]);
    expect(verify({ ...proof, ballots: [first] })).toEqual(["it does not hold two ballots"]);
  });

  it("runs as a program of its own", () => {
    const folder = mkdtempSync("/tmp/e2bt-");
    try {
      const program = join(import.meta.dirname, "../../../dist/harness/verify/main.js");
      writeFileSync(join(folder, "good.json"), `${canonicalJson(sound)}\n`);
      writeFileSync(
        join(folder, "bad.json"),
        forged((copy) => (copy.vote = "sell")),
      );
      const said = execFileSync(process.execPath, [program, join(folder, "good.json")], { encoding: "utf8" });
      expect(said).toMatch(/VERIFIED\n$/);
      const bad = spawnSync(process.execPath, [program, join(folder, "bad.json")], { encoding: "utf8" });
      expect([bad.status, bad.stdout.endsWith("DOES NOT VERIFY\n")]).toEqual([7, true]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
