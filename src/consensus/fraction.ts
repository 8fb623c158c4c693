// Shares are compared as fractions of whole numbers, so that 2 of 3 passes 2/3 and no rounding ever decides a trade.
import { SwarmError } from "../contracts/swarm-error.ts";

export interface Fraction {
  readonly num: number;
  readonly den: number;
}

/** Reads `2/3`, `0.66` (66/100, so 2 of 3 passes it) or `1`. Throws `usage.invalid` outside [0, 1]. */
export function fraction(text: string): Fraction {
  const parts = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  const decimals = /^([01])(?:\.(\d{1,9}))?$/.exec(text);
  const digits = decimals?.[2] ?? "";
  const num = parts === null ? Number(`${decimals?.[1] ?? "x"}${digits}`) : Number(parts[1]);
  const den = parts === null ? 10 ** digits.length : Number(parts[2]);
  if (Number.isInteger(num) && den > 0 && num <= den) return { num, den };
  throw new SwarmError("usage.invalid", `Cannot read the share ${text}: it must be a fraction from 0 to 1`, {
    hint: "Write 2/3 or 0.66",
  });
}

/** part/whole >= share, exactly. */
export function reaches(part: bigint, whole: bigint, share: Fraction): boolean {
  return part * BigInt(share.den) >= BigInt(share.num) * whole;
}

/** part/whole in millionths, rounded toward zero; 0 when the whole is 0. */
export function millionths(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole);
}
