// Who takes part in a simulated vote: honest members with opinions, liars with plans, and the motions that are put to them.
import { openVotes } from "../../src/agents/program/votes.ts";
import { byzantineBounds } from "../../src/consensus/quorum.ts";
import { makeMotion, motionSha256 } from "../../src/consensus/motion.ts";
import type { Motion } from "../../src/contracts/agreement.ts";
import type { Proposal } from "../../src/contracts/frames.ts";
import type { Equivocation, SignedBallot } from "../../src/contracts/signed-ballot.ts";
import type { Random } from "../../src/host/random.ts";
import type { Keys } from "./keys.ts";

export type Vote = SignedBallot["vote"];
export const schemes = ["lie", "equivocate", "stall", "collude", "impersonate"] as const;
export type Scheme = (typeof schemes)[number];

export interface Person {
  readonly agentId: string;
  readonly vote: Vote;
  readonly convictionPpm: number;
  /** Null for an honest member. */
  readonly scheme: Scheme | null;
}

export interface Cast {
  readonly people: readonly Person[];
  readonly faults: number;
  readonly epoch: number;
}

const swarm = "storm";
const sha = "0".repeat(64);

export function pick<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random.next() * list.length)] ?? list[0];
}

/** 3f + 1 members with f = 1 to 3, `extra` liars more than f. Half of all casts are split down the middle. */
export function drawCast(random: Random, extra: number): Cast {
  const faults = 1 + Math.floor(random.next() * 3);
  const size = 3 * faults + 1;
  const contested = random.next() < 0.5;
  const favourite: Vote = pick(random, ["buy", "sell", "hold"]);
  const first = Math.floor(random.next() * size);
  const people = Array.from({ length: size }, (_, at): Person => {
    // The liars sit anywhere, not always at the end.
    const isLiar = (at - first + size) % size < faults + extra;
    const split: Vote = at % 2 === 0 ? "buy" : "sell";
    const usual: Vote = random.next() < 0.85 ? favourite : pick(random, ["buy", "sell", "hold", "abstain"]);
    const convictionPpm = isLiar && random.next() < 0.7 ? 1_000_000 : Math.floor(random.next() * 1_000_001);
    const scheme = isLiar ? (extra > 0 ? "collude" : pick(random, schemes)) : null;
    return { agentId: `m${at}`, vote: contested ? split : usual, convictionPpm, scheme };
  });
  return { people, faults: byzantineBounds(size).faults, epoch: 1 };
}

export function motionFor(
  { people, epoch }: Cast,
  keys: Keys,
  about: { readonly round: string; readonly symbol: string; readonly evictions: readonly Equivocation[] },
): Motion {
  return makeMotion({
    swarm,
    epoch,
    ...about,
    evictions: [...about.evictions],
    windowSha256: sha,
    members: people.map(({ agentId }) => ({
      agentId,
      role: "momentum",
      weightPpm: 1_000_000,
      publicKey: keys.identityOf(agentId).publicKey,
    })),
    rule: { mode: "byzantine", quorum: { num: 2, den: 3 }, threshold: { num: 2, den: 3 }, deadbandPpm: 200_000 },
    rhoPpm: null,
    history: null,
  });
}

/** The ballot of an honest member: what its own vote book signs. Asked again otherwise, the book refuses (null). */
export function openMember(
  { agentId, convictionPpm }: Person,
  keys: Keys,
  forgetful: boolean,
): (motion: Motion, vote: Vote) => SignedBallot | null {
  const identity = keys.identityOf(agentId);
  let votes = openVotes(identity);
  return (motion, vote) => {
    if (forgetful) votes = openVotes(identity);
    const { round, symbol } = motion;
    const asked = { agentId, role: "momentum", round, symbol, strategy: "s", figures: {} } as const;
    const proposal: Proposal = { ...asked, vote, conviction: convictionPpm / 1e6, inputsSha256: sha };
    const cast = votes.cast({ swarm: motion.swarm, sha256: digestOf(motion) }, proposal);
    return cast.ok ? cast.ballot : null;
  };
}

const digests = new WeakMap<Motion, string>();

/** The digest of a motion that is put to many; nobody here changes one. */
export function digestOf(motion: Motion): string {
  const known = digests.get(motion) ?? motionSha256(motion);
  digests.set(motion, known);
  return known;
}
