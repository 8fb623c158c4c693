// Money is a whole number of micro-dollars (1 USD = 1,000,000). Floats never carry money between rooms.
import { invariant } from "./invariant.ts";

/** Whole micro-US-dollars, safe integer, may be negative. */
export type MicroUsd = number & { readonly __unit?: "microusd" };

/** Dollars to micro-dollars, rounded half away from zero. Throws when the result is no safe integer. */
export function microUsd(dollars: number): MicroUsd {
  const micro = Math.sign(dollars) * Math.round(Math.abs(dollars) * 1e6);
  invariant(Number.isSafeInteger(micro), `${dollars} USD fits into micro-dollars`);
  return micro === 0 ? 0 : micro;
}

/** `$4.680000` trimmed to cents when the rest is zero: `$4.68`. */
export function formatUsd(micro: MicroUsd): string {
  const sign = micro < 0 ? "-" : "";
  const text = String(Math.abs(micro)).padStart(7, "0");
  const whole = text.slice(0, -6);
  const fraction = text.slice(-6).replace(/0{1,4}$/, "");
  return `${sign}$${whole}.${fraction}`;
}
