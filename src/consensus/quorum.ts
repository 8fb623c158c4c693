// How many must say the same so that no f liars can make two truths: two quorums of q among n share more than f members.
// Counted twice, by heads and by weight, and both must hold. Source: Castro & Liskov 1999; coordination §6.

/** Fewer voters cannot outvote a single liar. */
export const minByzantineVoters = 4;

export interface Bounds {
  readonly voters: number;
  /** Voters that may lie, equivocate or stall: floor((n - 1) / 3). */
  readonly faults: number;
  /** Matching ballots needed: floor((n + f) / 2) + 1. */
  readonly ballots: number;
}

export function byzantineBounds(voters: number): Bounds {
  const faults = Math.max(0, Math.floor((voters - 1) / 3));
  return { voters, faults, ballots: Math.floor((voters + faults) / 2) + 1 };
}

/** Matching weight needed of a total of `assigned`, by the same law with single millionths as heads. */
export function byzantineWeight(assigned: bigint): bigint {
  const faults = assigned === 0n ? 0n : (assigned - 1n) / 3n;
  return (assigned + faults) / 2n + 1n;
}
