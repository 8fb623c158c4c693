// One ballot per swarm and round, whoever asks again: an agent that signed two would prove itself a liar, so a faulty
// coordinator must not be able to make it. What was voted is kept for the life of the key.
import { ballotText, statementOf } from "../../contracts/ballot-text.ts";
import type { Proposal } from "../../contracts/frames.ts";
import type { MotionName, SignedBallot } from "../../contracts/signed-ballot.ts";
import type { Identity } from "./identity.ts";

export type Cast =
  | { readonly ok: true; readonly ballot: SignedBallot }
  | { readonly ok: false; readonly reason: string };

export interface Votes {
  /** The signed ballot, the same one when asked the same again; a reason when it would be a second one. */
  cast(motion: MotionName, proposal: Proposal): Cast;
}

/** Nothing is forgotten, so a key has a limited number of votes. */
const maxRounds = 10_000;

export function openVotes(identity: Identity): Votes {
  const texts = new Map<string, string>();
  return {
    cast(motion, proposal) {
      const statement = statementOf(motion, proposal, identity.publicKey);
      const text = ballotText(statement);
      const name = JSON.stringify([statement.swarm, statement.round]);
      const before = texts.get(name);
      if (before !== undefined && before !== text)
        return no(`It has already voted otherwise in round ${statement.round}`);
      if (before === undefined && texts.size >= maxRounds)
        return no(`It has voted in ${maxRounds} of ${maxRounds} rounds`);
      texts.set(name, text);
      return { ok: true, ballot: { ...statement, signature: identity.sign(text) } };
    },
  };
}

function no(reason: string): Cast {
  return { ok: false, reason };
}
