// How many independent voters a swarm is worth: copies of one model count as about one. Exact, in whole numbers.
// Source: trading §10.4, coordination §6.
import { invariant } from "../contracts/invariant.ts";

const one = 1_000_000n;

/**
 * (Σw)² / Σᵢⱼ wᵢwⱼρᵢⱼ in millionths of a voter, rounded down; 0 when nobody has weight. `rhoPpm` is symmetric with ones on its
 * diagonal; correlations below 0 must be given as 0, because opposite errors do not make more voters than there are.
 */
export function effectiveVotersPpm(weights: readonly bigint[], rhoPpm: readonly (readonly number[])[]): number {
  invariant(rhoPpm.length === weights.length, "there is a row of correlations for every weight");
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  let spread = 0n;
  for (const [i, row] of rhoPpm.entries()) {
    invariant(row.length === weights.length, "there is a correlation for every pair");
    for (const [j, rho] of row.entries()) {
      const symmetric = rhoPpm[j]?.[i] === rho && (i !== j || rho === 1_000_000);
      invariant(
        symmetric && rho >= 0 && rho <= 1_000_000,
        "correlations are symmetric, from 0 to 1, and 1 with oneself",
      );
      spread += (weights[i] ?? 0n) * (weights[j] ?? 0n) * BigInt(rho);
    }
  }
  return spread === 0n ? 0 : Number((sum * sum * one * one) / spread);
}
