// What a strategy of the user's is: one file whose default export has this form. It imports nothing at run time; types are fine.
import { maxStrategyChars } from "../../contracts/frame-limits.ts";
import type { Strategy } from "../strategy.ts";

/**
 * The default export of a strategy file. `prepare` computes columns once from all bars; `decide` looks at bars 0…bar only.
 * Neither may ask for time, chance or anything outside: both are called again, on shorter prices, to see that they do not change.
 */
export type UserStrategy = Pick<Strategy, "id" | "title" | "params" | "prepare"> &
  Partial<Pick<Strategy, "ordered" | "exclusiveOrders">>;

export const userLimits = {
  /** Characters of the file, and of its compiled form. */
  codeChars: maxStrategyChars,
  params: 30,
  columns: 50,
  /** Evaluating the file, preparing a tape, and deciding a chunk of bars, ms. */
  loadMs: 2_000,
  prepareMs: 20_000,
  decideMs: 5_000,
  /** Bars that are decided at a time, for every side. */
  chunkBars: 256,
} as const;

/** How parts of a split backtest name it: bound to the bytes that run. */
export function userStrategyName(sha256: string): string {
  return `user:${sha256}`;
}
