// From signed ballots to a certificate: who counts, what is needed, what a liar can and cannot do.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ballotText } from "../../src/contracts/ballot-text.ts";
import { check } from "../../src/contracts/parse.ts";
import { canonicalJson } from "../../src/contracts/json.ts";
import { isSettledBy, settle } from "../../src/consensus/certificate.ts";
import { findEquivocations } from "../../src/consensus/equivocation.ts";
import { openSignatureCheck } from "../../src/consensus/ballot-signature.ts";
import { motionSha256 } from "../../src/consensus/motion.ts";
import { ballotOf, memberOf, motionOf } from "./electorate.ts";

const ids = ["a", "b", "c", "d"];
const motion = motionOf(ids.map((id) => memberOf(id)));
const buy = (id: string, convictionPpm = 500_000) => ballotOf(motion, id, "buy", { convictionPpm });

describe("a certificate", () => {
  it("is made by three of four that say the same, with everything in it", () => {
    const ballots = [buy("c"), buy("a", 900_000), buy("b"), ballotOf(motion, "d", "sell")];
    const { decision, certificate } = settle(motion, ballots);
    expect(certificate).toEqual({
      schema: "certificate/1",
      motion,
      vote: "buy",
      action: "buy",
      convictionPpm: 500_000,
      voters: ids,
      quorum: { faults: 1, ballots: 3, weightPpm: 2_666_667, matchingWeightPpm: 3_000_000 },
      effectiveVotersPpm: null,
      ballots: [ballots[1], ballots[2], ballots[0]],
    });
    expect(decision).toMatchObject({ action: "buy", reason: "agreed", consensusLevelPpm: 750_000, rejected: [] });
    expect(check("certificate", certificate)).toEqual({ ok: true, value: certificate });
    expect(check("decision", decision)).toEqual({ ok: true, value: decision });
    if (certificate !== null) expect(isSettledBy(certificate)).toBe(true);
  });

  it("is not made by two of four, however sure they are", () => {
    const { decision, certificate } = settle(motion, [buy("a", 1_000_000), buy("b", 1_000_000)]);
    expect([certificate, decision.action, decision.reason]).toEqual([null, "none", "no-quorum"]);
    const split = settle(motion, [
      buy("a", 1_000_000),
      buy("b"),
      ballotOf(motion, "c", "sell"),
      ballotOf(motion, "d", "hold"),
    ]);
    expect([split.certificate, split.decision.reason]).toEqual([null, "below-threshold"]);
    const tie = settle(motion, [buy("a"), buy("b"), ballotOf(motion, "c", "sell"), ballotOf(motion, "d", "sell")]);
    expect([tie.certificate, tie.decision.reason]).toEqual([null, "tie"]);
    const mute = settle(
      motion,
      ids.map((id) => ballotOf(motion, id, "abstain")),
    );
    expect([mute.certificate, mute.decision.reason]).toEqual([null, "all-abstained"]);
  });

  it("of a hold, or of a weak conviction, trades nothing", () => {
    const hold = settle(
      motion,
      ids.map((id) => ballotOf(motion, id, "hold")),
    );
    expect([hold.certificate?.vote, hold.certificate?.action, hold.decision.reason]).toEqual([
      "hold",
      "none",
      "deadband",
    ]);
    const weak = settle(
      motion,
      ids.map((id) => buy(id, 199_999)),
    );
    expect([weak.certificate?.vote, weak.certificate?.action, weak.decision.reason]).toEqual([
      "buy",
      "none",
      "deadband",
    ]);
  });

  it("lets no liar inflate the size: one of three claims certainty", () => {
    const { certificate } = settle(motion, [buy("a", 1_000_000), buy("b", 300_000), buy("c", 250_000)]);
    expect(certificate?.convictionPpm).toBe(300_000);
  });

  it("takes calibration, registered before the vote, off the stated conviction", () => {
    const sober = motionOf(ids.map((id) => memberOf(id, { calibrationPpm: 600_000 })));
    const { certificate } = settle(
      sober,
      ids.map((id) => ballotOf(sober, id, "sell", { convictionPpm: 500_001 })),
    );
    expect(certificate?.convictionPpm).toBe(-300_000);
  });

  // In the middle: the last digit before the padding carries bits that no reader of base64 sees.
  const altered = (signature: string): string =>
    `${signature.slice(0, 40)}${signature[40] === "A" ? "B" : "A"}${signature.slice(41)}`;

  it("counts no ballot of another round, swarm, motion or key, and none that was altered", () => {
    const other = motionOf(
      ids.map((id) => memberOf(id)),
      { symbol: "MSFT" },
    );
    const wrong = [
      ballotOf(motion, "b", "buy", { round: "r0" }),
      ballotOf(motion, "b", "buy", { swarm: "t" }),
      ballotOf(other, "b", "buy"),
      { ...buy("b"), publicKey: memberOf("c").publicKey },
      { ...ballotOf(motion, "b", "sell"), vote: "buy" as const },
      { ...buy("b"), signature: altered(buy("b").signature) },
      ballotOf(motion, "b", "buy", { publicKey: memberOf("e").publicKey }),
    ];
    for (const ballot of wrong) {
      const { decision, certificate } = settle(motion, [buy("a"), buy("c"), ballot]);
      expect([certificate, decision.reason, decision.rejected.length]).toEqual([null, "no-quorum", 1]);
    }
    expect(settle(motion, [buy("a"), buy("c"), ...wrong, buy("b")]).certificate?.vote).toBe("buy");
  });

  it("does not count a contradiction, and the proof evicts in later rounds while the quorum stays", () => {
    const both = [buy("d"), ballotOf(motion, "d", "sell")];
    const { decision, certificate } = settle(motion, [buy("a"), buy("b"), ...both]);
    expect([certificate, decision.rejected]).toEqual([
      null,
      [
        { agentId: "d", reason: "contradiction" },
        { agentId: "d", reason: "contradiction" },
      ],
    ]);
    const evictions = findEquivocations(both, openSignatureCheck());
    const next = motionOf(
      ids.map((id) => memberOf(id)),
      { round: "r2", evictions: [...evictions] },
    );
    const ballots = ["a", "b", "d"].map((id) => ballotOf(next, id, "buy"));
    const later = settle(next, ballots);
    expect([later.certificate, later.decision.rejected]).toEqual([null, [{ agentId: "d", reason: "evicted" }]]);
    const enough = settle(next, [...ballots, ballotOf(next, "c", "buy")]);
    expect(enough.certificate?.ballots.map(({ agentId }) => agentId)).toEqual(["a", "b", "c"]);
  });

  it("gives copies of one model a third together", () => {
    const domains = ["model:x"];
    const copies = motionOf(
      ["a", "b", "c", "d", "e", "f", "g"].map((id) => memberOf(id, "abcde".includes(id) ? { domains } : {})),
    );
    const { decision, certificate } = settle(
      copies,
      ["a", "b", "c", "d", "e"].map((id) => ballotOf(copies, id, "buy")),
    );
    expect([certificate, decision.reason, decision.votedWeightPpm]).toEqual([null, "no-quorum", 2_333_330]);
  });

  it("above 31 voters is made by the committee that the round draws", () => {
    const many = Array.from({ length: 40 }, (_, i) => memberOf(`m${String(i).padStart(2, "0")}`));
    const large = motionOf(many);
    const { certificate, decision } = settle(
      large,
      many.map(({ agentId }) => ballotOf(large, agentId, "buy")),
    );
    expect(certificate?.voters).toHaveLength(31);
    expect(certificate?.quorum).toMatchObject({ faults: 10, ballots: 21 });
    expect(decision.rejected.map(({ reason }) => reason)).toEqual(Array(9).fill("not-elected"));
    expect(settle(motionOf(many, { round: "r2" }), []).decision.members).not.toEqual(decision.members);
    expect(decision.members).toHaveLength(31);
  });

  it("reports what its voters are worth", () => {
    const rho = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1_000_000 : 300_000)));
    const known = motionOf(
      ids.map((id) => memberOf(id)),
      { rhoPpm: rho },
    );
    const { certificate } = settle(
      known,
      ids.map((id) => ballotOf(known, id, "buy")),
    );
    // 4 / (1 + 3 · 0.3)
    expect(certificate?.effectiveVotersPpm).toBe(2_105_263);
  });

  it("is the same to the byte whatever the order and the copies of the ballots", () => {
    const votes = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom("buy", "sell", "hold", "abstain")), {
      maxLength: 8,
    });
    const law = fc.property(votes, fc.nat(), (cast, turn) => {
      const ballots = cast.map(([id, vote]) => ballotOf(motion, id, vote as "buy"));
      const at = ballots.length === 0 ? 0 : turn % ballots.length;
      const moved = [...ballots.slice(at), ...ballots.slice(0, at)].reverse();
      expect(canonicalJson(settle(motion, moved))).toBe(canonicalJson(settle(motion, ballots)));
    });
    fc.assert(law, { numRuns: 60 });
  });

  it("is signed over canonical JSON", () => {
    const { signature: _signature, ...said } = buy("a");
    expect(ballotText(said)).toBe(canonicalJson(said));
    expect(ballotText(buy("a"))).toBe(ballotText(said));
  });

  it("refuses a motion that cannot outvote a liar", () => {
    const refusal = (members: Parameters<typeof motionOf>[0]) => () => motionOf(members);
    expect(refusal(["a", "b", "c"].map((id) => memberOf(id)))).toThrow("3 of its members have weight");
    expect(
      refusal([...ids.map((id) => memberOf(id)), { ...memberOf("e"), publicKey: memberOf("a").publicKey }]),
    ).toThrow("two of its members share a key");
    expect(motionSha256(motion)).toMatch(/^[0-9a-f]{64}$/);
  });
});
