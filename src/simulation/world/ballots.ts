// What agents say in a vote. Signatures are stand-ins that only their owner can make: `verify` of the consensus room is
// handed a check of them, everything else of consensus is the real thing.
import { createHash } from "node:crypto";
import type { Ballot } from "../../contracts/ballots.ts";
import type { Random } from "../../host/random.ts";
import type { SimAgent } from "./agent.ts";

export function keyOf(agentId: string): string {
  return `key of ${agentId}`;
}

export function isSignedBy({ signature, vote, convictionPpm, round }: Ballot, publicKey: string): boolean {
  return signature === `${publicKey}|${round}|${vote}|${convictionPpm}`;
}

/** What every honest agent sees in the market of this vote. */
export function truthOf(voteId: string): "buy" | "sell" {
  return (createHash("sha256").update(voteId).digest()[0] ?? 0) < 128 ? "buy" : "sell";
}

/** An honest agent says what it sees, or holds when it is not sure; liars do what their kind does. */
export function ballotsOf(agent: SimAgent, voteId: string, random: Random): readonly Ballot[] {
  const truth = truthOf(voteId);
  const lie = truth === "buy" ? "sell" : "buy";
  const sure = Math.floor(random.next() * 1_000_000);
  switch (agent.liar) {
    case null:
      return [ballot(agent.id, voteId, sure < 80_000 ? "hold" : truth, sure)];
    case "opposes":
      return [ballot(agent.id, voteId, lie, 990_000)];
    case "equivocates":
      return [ballot(agent.id, voteId, lie, 990_000), ballot(agent.id, voteId, truth, 990_000)];
    case "stays-silent":
      return [];
    case "forges":
      return [
        { ...ballot(agent.id, voteId, lie, 990_000), signature: `${keyOf("agent-1-1")}|${voteId}|${lie}|990000` },
      ];
  }
}

const inputsSha256 = "0".repeat(64);

function ballot(agentId: string, round: string, vote: Ballot["vote"], convictionPpm: number): Ballot {
  const signature = `${keyOf(agentId)}|${round}|${vote}|${convictionPpm}`;
  return { agentId, round, vote, convictionPpm, inputsSha256, signature };
}
