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
  const firsts = new Map<string, Said>();
  const proofs = new Map<string, Equivocation>();
  for (const said of inOrder(ballots)) {
    const name = voteOf(said.ballot);
    const first = firsts.get(name);
    if (proofs.has(name) || first?.text === said.text || !isSigned(said.ballot)) continue;
    if (first === undefined) firsts.set(name, said);
    else proofs.set(name, { schema: "equivocation/1", ballots: [first.ballot, said.ballot] });
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

interface Said {
  readonly text: string;
  readonly ballot: SignedBallot;
}

/** By content, so that the same ballots in any order prove the same with the same bytes. */
function inOrder(ballots: readonly SignedBallot[]): readonly Said[] {
  const said = ballots.map((ballot) => ({ text: ballotText(ballot), ballot }));
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return said.sort((a, b) => compare(a.text, b.text) || compare(a.ballot.signature, b.ballot.signature));
}
