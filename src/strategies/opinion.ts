// What a role thinks of a symbol at the close of the window's last bar. Conviction formulas: docs/decisions/0040-trading.md.
import type { Candles } from "../contracts/candles.ts";
import type { Parametrised } from "./check-params.ts";
import type { Params } from "./strategy.ts";

export interface Opinion {
  readonly vote: "buy" | "sell" | "hold" | "abstain";
  /** In [0, 1]; 0 when abstaining. */
  readonly conviction: number;
  /** Id of the strategy or method the opinion rests on. */
  readonly strategy: string;
  /** The numbers it rests on; null = not defined on this window. */
  readonly figures: Readonly<Record<string, number | null>>;
}

/** An opinion formed from prices alone. */
export interface PriceOpinion extends Parametrised {
  form(candles: Candles, params: Params): Opinion;
}

/** Nothing to say: too few bars, no headlines, no peers. */
export function abstain(strategy: string, figures: Opinion["figures"]): Opinion {
  return { vote: "abstain", conviction: 0, strategy, figures };
}

/** `buy` above `band`, `sell` below -band, `hold` between. */
export function voteOf(value: number, band: number): "buy" | "sell" | "hold" {
  if (value > band) return "buy";
  return value < -band ? "sell" : "hold";
}

/** JSON has no NaN: undefined figures are null. */
export function figure(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Value limited to [0, 1]. */
export function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
