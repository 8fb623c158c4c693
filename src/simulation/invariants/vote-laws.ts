// Votes: no decision without a quorum of valid ballots, counted here again by hand; one decision per vote; and while at most
// f of 3f+1 lie, never one that every honest member opposed.
import type { Ballot, Decision } from "../../contracts/ballots.ts";
import type { RecordEntry } from "../../swarm/core/effects.ts";
import { truthOf } from "../world/ballots.ts";
import type { Finding, Watch } from "./watch.ts";

export type Verify = (ballot: Ballot, publicKey: string) => boolean;

/** A traded decision has floor((n+f)/2)+1 members behind it, each with one valid ballot for that side. */
export function quorumBehind(verify: Verify): Watch {
  return {
    name: "no decision without quorum",
    durable: (entry) => (entry.kind === "decision" ? shortOfQuorum(entry.decision, verify) : null),
  };
}

function shortOfQuorum({ action, members, ballots, round }: Decision, verify: Verify): Finding {
  if (action === "none") return null;
  const n = members.length;
  const needed = Math.floor((n + Math.floor((n - 1) / 3)) / 2) + 1;
  let behind = 0;
  for (const { agentId, publicKey } of members) {
    const valid = ballots.filter((one) => one.agentId === agentId && one.round === round && verify(one, publicKey));
    if (valid.length > 0 && valid.every(({ vote }) => vote === action)) behind += 1;
  }
  return behind >= needed ? null : `vote ${round} is decided ${action} by ${behind} of ${n}, ${needed} are needed`;
}

export function decidedOnce(): Watch {
  const decided = new Set<string>();
  return {
    name: "a vote is decided once",
    durable(entry: RecordEntry) {
      if (entry.kind !== "decision") return null;
      if (decided.has(entry.voteId)) return `vote ${entry.voteId} is decided a second time`;
      decided.add(entry.voteId);
      return null;
    },
  };
}

/** `liars` of each vote, as the world knows them. Beyond f the assumption is broken, and nothing is promised. */
export function liarsDoNotWin(liars: ReadonlyMap<string, ReadonlySet<string>>): Watch {
  return {
    name: "liars do not win",
    durable(entry) {
      if (entry.kind !== "decision" || entry.decision.action === "none") return null;
      const { members, action } = entry.decision;
      const lying = liars.get(entry.voteId)?.size ?? 0;
      if (lying > Math.floor((members.length - 1) / 3) || action === truthOf(entry.voteId)) return null;
      return `vote ${entry.voteId} is decided ${action} against all honest members, with ${lying} liars of ${members.length}`;
    },
  };
}
