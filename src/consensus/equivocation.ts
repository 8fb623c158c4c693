// A member that signs two different ballots in one round has proved its own lie: anyone can check the two signatures, and
// nobody without the key can make them. Ballots on different motions of one round contradict each other as well.
import type { Equivocation, SignedBallot } from "../contracts/signed-ballot.ts";
import { ballotText } from "../contracts/ballot-text.ts";
import type { IsSigned } from "./ballot-signature.ts";

/** True when both ballots are signed by one key, for one round of one swarm, and differ in what they say. */
export function provesEquivocation({ ballots }: Equivocation, isSigned: IsSigned): boolean {
  const [first, second, ...more] = ballots;
  if (first === undefined || second === undefined || more.length > 0) return false;
  if (voteOf(first) !== voteOf(second) || ballotText(first) === ballotText(second)) return false;
  return isSigned(first) && isSigned(second);
}

/** One proof per member and round that contradicted itself in these ballots; forged ballots prove nothing. */
export function findEquivocations(ballots: readonly SignedBallot[], isSigned: IsSigned): readonly Equivocation[] {
  const firsts = new Map<string, SignedBallot>();
  const proofs = new Map<string, Equivocation>();
  for (const ballot of inOrder(ballots)) {
    const name = voteOf(ballot);
    const first = firsts.get(name);
    if (proofs.has(name) || (first !== undefined && ballotText(first) === ballotText(ballot))) continue;
    if (!isSigned(ballot)) continue;
    if (first === undefined) firsts.set(name, ballot);
    else proofs.set(name, { schema: "equivocation/1", ballots: [first, ballot] });
  }
  return [...proofs.values()];
}

/** Keys of everyone these proofs convict; a proof that does not hold convicts nobody. */
export function convictedKeys(proofs: readonly Equivocation[], isSigned: IsSigned): ReadonlySet<string> {
  const sound = proofs.filter((proof) => provesEquivocation(proof, isSigned));
  return new Set(sound.flatMap(({ ballots: [first] }) => (first === undefined ? [] : [first.publicKey])));
}

/** The one thing a key may say once. */
function voteOf({ swarm, round, publicKey }: SignedBallot): string {
  return JSON.stringify([swarm, round, publicKey]);
}

/** By content, so that the same ballots in any order prove the same with the same bytes. */
function inOrder(ballots: readonly SignedBallot[]): readonly SignedBallot[] {
  const keyed = ballots.map((ballot) => ({ key: `${ballotText(ballot)}\n${ballot.signature}`, ballot }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ ballot }) => ballot);
}
