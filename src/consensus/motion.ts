// The motion of a round: who votes on what, by which rule. Its digest is in every ballot, so nobody can be shown another roll.
import { createHash } from "node:crypto";
import type { Motion } from "../contracts/agreement.ts";
import type { Member } from "../contracts/ballots.ts";
import { canonicalJson } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { minByzantineVoters } from "./quorum.ts";

export type MotionRequest = Omit<Motion, "schema">;

/**
 * The motion with its members by id. Throws `usage.invalid` when fewer than four members have weight, when two members share
 * a key, and for a rule that is not Byzantine.
 */
export function makeMotion(request: MotionRequest): Motion {
  const members = [...request.members].sort((a, b) => (a.agentId < b.agentId ? -1 : 1));
  const able = members.filter(({ weightPpm }) => weightPpm > 0);
  if (request.rule.mode !== "byzantine") throw unfit("its rule is not Byzantine", "Use the mode byzantine");
  if (able.length < minByzantineVoters) {
    throw unfit(
      `${able.length} of its members have weight, and no number below ${minByzantineVoters} outvotes a liar`,
      `Give at least ${minByzantineVoters} members weight, or use the mode majority`,
    );
  }
  if (sharesKey(members)) throw unfit("two of its members share a key", "Deploy every agent with a key of its own");
  return { schema: "motion/1", ...request, members };
}

export function motionSha256(motion: Motion): string {
  return createHash("sha256").update(canonicalJson(motion)).digest("hex");
}

function sharesKey(members: readonly Member[]): boolean {
  return new Set(members.map(({ publicKey }) => publicKey)).size < members.length;
}

function unfit(why: string, hint: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot vote in Byzantine mode: ${why}`, { hint, details: { field: "mode" } });
}
