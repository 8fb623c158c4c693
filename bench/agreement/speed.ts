// Signed ballots verified per second, beside bare Ed25519 of the same signatures, in one interleaved run: the ratio survives
// a noisy machine, the rates do not.
import { createPublicKey, verify } from "node:crypto";
import { openSignatureCheck } from "../../src/consensus/ballot-signature.ts";
import { settle } from "../../src/consensus/certificate.ts";
import type { SignedBallot } from "../../src/contracts/signed-ballot.ts";
import { ballotText } from "../../src/contracts/ballot-text.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import type { Clock } from "../../src/host/clock.ts";
import { quantile } from "../report/samples.ts";
import { motionFor, openMember, type Cast } from "./cast.ts";
import { openKeys } from "./keys.ts";

export interface Speed {
  readonly rounds: number;
  readonly ballotsPerRound: number;
  /** Medians over the rounds, per second. */
  readonly bareVerifies: number;
  readonly ballotsVerified: number;
  /** Ballots of 20 members in, decision and certificate out. */
  readonly ballotsSettled: number;
  /** Median of the rounds' own ratios to bare verification. */
  readonly verifiedRatio: number;
  readonly settledRatio: number;
}

const members = 20;
const repeats = 10;
const ballotsPerRound = members * repeats;

export function measureSpeed(clock: Clock, rounds: number): Speed {
  const keys = openKeys("ed25519", 1);
  const people = Array.from({ length: members }, (_, at) => {
    return { agentId: `m${at}`, vote: "buy", convictionPpm: 500_000, scheme: null } as const;
  });
  const cast: Cast = { people, faults: 6, epoch: 1 };
  const motion = motionFor(cast, keys, { round: "r1", symbol: "AAPL", evictions: [] });
  const ballots = people
    .map((person) => openMember(person, keys, false)(motion, person.vote))
    .filter((one) => one !== null);
  const bare = openBare(ballots);
  const isSigned = openSignatureCheck();
  const cases = [
    bare,
    () => ballots.every((ballot) => isSigned(ballot)),
    () => settle(motion, ballots, isSigned).certificate !== null,
  ] as const;
  const times: number[][] = [[], [], []];
  // The first rounds compile what the others run.
  for (let round = -3; round < rounds; round++) {
    // Every round begins with another case, so that none always runs in the same neighbour's wake.
    for (let turn = 0; turn < cases.length; turn++) {
      const at = (turn + round + 3) % cases.length;
      const elapsed = timed(clock, cases[at] ?? bare);
      if (round >= 0) times[at]?.push(elapsed);
    }
  }
  const rate = (at: number): number =>
    quantile(
      (times[at] ?? []).map((ns) => (ballotsPerRound * 1e9) / ns),
      0.5,
    );
  const ratio = (at: number): number =>
    quantile(
      (times[at] ?? []).map((ns, round) => (times[0]?.[round] ?? Number.NaN) / ns),
      0.5,
    );
  return {
    rounds,
    ballotsPerRound,
    bareVerifies: rate(0),
    ballotsVerified: rate(1),
    ballotsSettled: rate(2),
    verifiedRatio: ratio(1),
    settledRatio: ratio(2),
  };
}

/** The same signatures over the same bytes with everything prepared: what this machine can do at all. */
function openBare(ballots: readonly SignedBallot[]): () => boolean {
  const prepared = ballots.map((ballot) => ({
    text: Buffer.from(ballotText(ballot)),
    signature: Buffer.from(ballot.signature, "base64"),
    key: createPublicKey({ key: Buffer.from(ballot.publicKey, "base64"), format: "der", type: "spki" }),
  }));
  return () => prepared.every(({ text, signature, key }) => verify(null, text, key, signature));
}

function timed(clock: Clock, run: () => boolean): number {
  const began = clock.monotonicNs();
  let ok = true;
  for (let i = 0; i < repeats; i++) ok = run() && ok;
  const elapsed = Number(clock.monotonicNs() - began);
  invariant(ok, "every ballot of the benchmark verifies");
  return elapsed;
}
