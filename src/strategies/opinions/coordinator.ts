// The coordinator role: its peers' proposals pooled by conviction. It adds no knowledge of its own, so its vote is not
// independent evidence; a caller that counts it beside its peers should give it weight 0.
import type { Proposal } from "../../contracts/frames.ts";
import { abstain, unit, voteOf, type Opinion } from "../opinion.ts";

const id = "peer-synthesis";
const sign = { buy: 1, sell: -1, hold: 0, abstain: 0 } as const;

/** mean = Σ k·s / Σ k over peers that voted, s in {-1, 0, 1}; hold within ±0.2; conviction = |mean|, or 1 - |mean|/0.2 for hold. */
export function synthesise(peers: readonly Proposal[], band = 0.2): Opinion {
  const voted = peers.filter((peer) => peer.vote !== "abstain" && peer.conviction > 0);
  const weight = voted.reduce((sum, peer) => sum + peer.conviction, 0);
  const counts = { agentsConsulted: peers.length, agentsVoted: voted.length };
  if (weight === 0) return abstain(id, { mean: null, disagreement: null, ...counts });
  const mean = voted.reduce((sum, peer) => sum + peer.conviction * sign[peer.vote], 0) / weight;
  const spread = voted.reduce((sum, peer) => sum + peer.conviction * Math.abs(sign[peer.vote] - mean), 0) / weight;
  const vote = voteOf(mean, band);
  const conviction = unit(vote === "hold" ? 1 - Math.abs(mean) / band : Math.abs(mean));
  return { vote, conviction, strategy: id, figures: { mean, disagreement: spread, ...counts } };
}
