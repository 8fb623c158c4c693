// One seed of a vote under attack: f of 3f + 1 members lie, equivocate, stall, collude or sign in others' names; a faulty
// coordinator puts two motions; messages are dropped, delayed, doubled and reordered. Returns what everybody saw and made.
import { settle } from "../../src/consensus/certificate.ts";
import { findEquivocations } from "../../src/consensus/equivocation.ts";
import type { Certificate, Motion } from "../../src/contracts/agreement.ts";
import type { Equivocation, SignedBallot } from "../../src/contracts/signed-ballot.ts";
import { seededRandom, type Random } from "../../src/host/random.ts";
import { digestOf, drawCast, motionFor, openMember, pick, type Cast, type Person, type Vote } from "./cast.ts";
import { openKeys, type KeyKind, type Keys } from "./keys.ts";
import { deadline, deliver, drawWeather, type Delivery, type Weather } from "./weather.ts";

/** Planted defects; each must be noticed. */
export const flaws = ["extra-colluder", "signatures-ignored", "forgetful-member", "blind-observer"] as const;
export type Flaw = (typeof flaws)[number];

export interface StormOptions {
  readonly seed: number;
  readonly keys: KeyKind;
  readonly flaw?: Flaw | undefined;
}

export interface Observer {
  /** Late ones included. */
  readonly received: readonly Delivery[];
  /** Null for whoever only compares notes. */
  readonly certificate: Certificate | null;
  readonly proofs: readonly Equivocation[];
}

export interface Round {
  readonly motion: Motion;
  readonly observers: readonly Observer[];
  /** What the liars could put together from everything that was ever signed, and from signatures they made up. */
  readonly forged: readonly Certificate[];
  /** Ballots of honest members, one each. */
  readonly honest: readonly SignedBallot[];
}

export interface Storm {
  readonly cast: Cast;
  readonly keys: Keys;
  readonly rounds: readonly Round[];
}

const observers = 3;
const rounds = 2;

/** Two rounds; the second knows the proofs that the observers of the first found together. */
export function runStorm({ seed, keys: kind, flaw }: StormOptions): Storm {
  const random = seededRandom(seed);
  const keys = openKeys(kind, seed);
  const cast = drawCast(random, flaw === "extra-colluder" ? 1 : 0);
  const members = new Map(cast.people.map((one) => [one.agentId, openMember(one, keys, flaw === "forgetful-member")]));
  const done: Round[] = [];
  let evictions: readonly Equivocation[] = [];
  for (let at = 1; at <= rounds; at++) {
    const round = playRound({ random, keys, cast, members, flaw, weather: drawWeather(random) }, `r${at}`, evictions);
    done.push(round);
    const heard = round.observers.flatMap(({ received }) => received.map(({ ballot }) => ballot));
    evictions = [...evictions, ...findEquivocations(heard, keys.isSigned)];
  }
  return { cast, keys, rounds: done };
}

interface Stage {
  readonly random: Random;
  readonly keys: Keys;
  readonly cast: Cast;
  readonly members: ReadonlyMap<string, ReturnType<typeof openMember>>;
  readonly flaw: Flaw | undefined;
  readonly weather: Weather;
}

function playRound(stage: Stage, name: string, evictions: readonly Equivocation[]): Round {
  const { random, cast, keys, weather, flaw } = stage;
  const motion = motionFor(cast, keys, { round: name, symbol: "AAPL", evictions });
  const rival = motionFor(cast, keys, { round: name, symbol: "MSFT", evictions });
  const twoFaced = random.next() < 0.3;
  const honest: SignedBallot[] = [];
  const sent: Sent[] = [];
  for (const person of cast.people) {
    if (person.scheme !== null) continue;
    const ballots = askHonest(stage, person, twoFaced && random.next() < 0.5 ? [rival, motion] : [motion, rival]);
    honest.push(...ballots.slice(0, 1));
    for (const ballot of ballots) for (let to = 0; to < observers; to++) sent.push({ to, ballot });
  }
  for (const person of cast.people) sent.push(...scheme(stage, person, [motion, rival], honest));
  const received = deliver(random, weather, sent, observers);
  const isSigned = flaw === "signatures-ignored" ? () => true : keys.isSigned;
  return {
    motion,
    honest,
    forged: [motion, rival].flatMap((one) => forge(stage, one, [...honest, ...sent.map(({ ballot }) => ballot)])),
    observers: [...received, received.flat()].map((list, at) => {
      const inTime = list.filter(({ at }) => at <= deadline).map(({ ballot }) => ballot);
      const all = list.map(({ ballot }) => ballot);
      return {
        received: list,
        // The last one only compares the notes of the others.
        certificate: at < observers ? settle(motion, inTime, isSigned).certificate : null,
        proofs: flaw === "blind-observer" ? [] : findEquivocations(all, keys.isSigned),
      };
    }),
  };
}

export interface Sent {
  readonly to: number;
  readonly ballot: SignedBallot;
}

/** Everything the member signs when it is asked about both motions, the same and the opposite way. */
function askHonest({ members }: Stage, { agentId, vote }: Person, motions: readonly Motion[]): readonly SignedBallot[] {
  const ask = members.get(agentId);
  const signed = motions.flatMap((motion) => [ask?.(motion, vote) ?? null, ask?.(motion, opposite[vote]) ?? null]);
  return signed.filter((ballot) => ballot !== null);
}

const opposite: Readonly<Record<Vote, Vote>> = { buy: "sell", sell: "buy", hold: "buy", abstain: "sell" };

/** What a liar sends to whom. */
function scheme(
  { random, keys }: Stage,
  liar: Person,
  [motion, rival]: readonly [Motion, Motion],
  honest: readonly SignedBallot[],
): readonly Sent[] {
  const everyone = Array.from({ length: observers }, (_, to) => to);
  const say = (vote: Vote, about = motion): SignedBallot => signAs(liar, keys, about, vote);
  switch (liar.scheme) {
    case null:
    case "stall":
      return [];
    case "lie":
      return everyone.map((to) => ({ to, ballot: say(opposite[liar.vote]) }));
    case "equivocate":
      // One story or two for each observer: some see the lie at once, others only together.
      return everyone.flatMap((to) =>
        Array.from({ length: pick(random, [1, 2]) }, () => {
          const about = pick(random, [motion, motion, rival]);
          return { to, ballot: say(pick(random, ["buy", "sell", "hold"]), about) };
        }),
      );
    case "collude":
      return everyone.map((to) => ({ to, ballot: say(to % 2 === 0 ? "buy" : "sell") }));
    case "impersonate":
      // Honest ballots turned round under their old signatures, and an honest member's name under the liar's own key.
      return everyone.flatMap((to) =>
        honest.flatMap((ballot) => [
          { to, ballot: { ...ballot, vote: opposite[ballot.vote] } },
          { to, ballot: { ...signAs(liar, keys, motion, opposite[ballot.vote]), agentId: ballot.agentId } },
        ]),
      );
  }
}

function signAs({ agentId, convictionPpm }: Person, keys: Keys, motion: Motion, vote: Vote): SignedBallot {
  const ballot = openMember({ agentId, convictionPpm, vote, scheme: null }, keys, true)(motion, vote);
  if (ballot === null) throw new Error("Invariant broken: a forgetful member signs anything");
  return ballot;
}

/** All liars together, with every ballot that was ever sent: for each vote, everyone who can be made to have cast it. */
function forge({ cast, keys, flaw }: Stage, motion: Motion, heard: readonly SignedBallot[]): readonly Certificate[] {
  const isSigned = flaw === "signatures-ignored" ? () => true : keys.isSigned;
  const sha256 = digestOf(motion);
  return (["buy", "sell", "hold"] as const).flatMap((vote) => {
    const own = cast.people.filter((one) => one.scheme !== null).map((liar) => signAs(liar, keys, motion, vote));
    const fits = heard.filter((ballot) => ballot.vote === vote && ballot.motionSha256 === sha256 && isSigned(ballot));
    const made = motion.members.flatMap(({ agentId, publicKey }) =>
      own.slice(0, 1).map((one) => ({ ...one, agentId, publicKey })),
    );
    const byMember = new Map([...made, ...fits, ...own].map((ballot) => [ballot.agentId, ballot]));
    const { certificate } = settle(motion, [...byMember.values()], isSigned);
    return certificate === null ? [] : [certificate];
  });
}
