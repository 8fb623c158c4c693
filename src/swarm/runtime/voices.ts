// The signed answers behind the ballots of votes under way: a ballot counts only when the very answer it was taken from is
// signed by its author, and what was decided is recorded with all of them, so that a stranger can decide again.
import { canonicalJson } from "../../contracts/json.ts";
import type { Ballot } from "../../contracts/ballots.ts";
import { ballotOf, isSignedBy } from "../decide-round.ts";
import type { SignedAnswer } from "../round.ts";

export interface Voices {
  readonly hear: (voteId: string, answer: SignedAnswer) => Ballot;
  /** True when the ballot is that of an answer heard and `publicKey` (SPKI DER, base64) signed it. */
  readonly verify: (ballot: Ballot, publicKey: string) => boolean;
  readonly of: (voteId: string) => readonly SignedAnswer[];
  readonly forget: (voteId: string) => void;
  /** A new tenure asks anew. */
  readonly clear: () => void;
}

export function openVoices(): Voices {
  const votes = new Map<string, SignedAnswer[]>();
  return {
    hear(voteId, answer) {
      const heard = votes.get(voteId) ?? [];
      heard.push(answer);
      votes.set(voteId, heard);
      return ballotOf(answer);
    },
    verify(ballot, publicKey) {
      const said = votes.get(ballot.round)?.find(({ signature }) => signature === ballot.signature);
      if (said === undefined || !isSignedBy(said, publicKey)) return false;
      return canonicalJson(ballotOf(said)) === canonicalJson(ballot);
    },
    of: (voteId) => votes.get(voteId) ?? [],
    forget: (voteId) => void votes.delete(voteId),
    clear: () => votes.clear(),
  };
}
