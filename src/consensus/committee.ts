// Above 31 voters a committee votes: a hash of the round and of each key draws it, so that anyone can draw it again and nobody
// is asked to be trusted with the lot. Who names the round can try several names: a swarm must agree on names beforehand.
import { createHash } from "node:crypto";
import type { Member } from "../contracts/ballots.ts";
import { canonicalJson } from "../contracts/json.ts";

/** Verifying a ballot takes about 130 us: more voters than this would decide fewer than 200 times a second. */
export const maxVoters = 31;

export interface Seed {
  readonly swarm: string;
  readonly epoch: number;
  readonly round: string;
}

/** The members that vote: all that have weight, or the 31 with the smallest lots. By agent id. */
export function electVoters(members: readonly Member[], { swarm, epoch, round }: Seed): readonly Member[] {
  const able = members.filter(({ weightPpm }) => weightPpm > 0);
  const lot = ({ publicKey }: Member): string =>
    createHash("sha256").update(canonicalJson({ swarm, epoch, round, publicKey })).digest("hex");
  const drawn = able.map((member) => ({ lot: able.length > maxVoters ? lot(member) : "", member }));
  drawn.sort((a, b) => compare(a.lot, b.lot));
  const voters = drawn.slice(0, maxVoters).map(({ member }) => member);
  return voters.sort((a, b) => compare(a.agentId, b.agentId));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
