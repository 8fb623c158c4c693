// Wishes of several decisions at once: how their returns moved together before the first decision bar, and what a sizing method
// makes of it.
import type { DecideInput } from "../contracts/operations/swarm.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { looksAtReturns, wishWeights, type SizingMethod } from "../portfolio/sizing/wish-weights.ts";
import { covariance, ledoitWolf } from "../portfolio/weights/covariance.ts";
import type { RoundOutcome } from "../swarm/run-round.ts";
import type { View } from "./market-view.ts";

/** Days on which all series have a close: half a year of returns, and the fewest that are taken for one. */
const mostReturns = 126;
const fewestReturns = 60;
const daysPerYear = 252;

export interface Decided {
  readonly view: View;
  readonly outcome: RoundOutcome;
}

/** |weight| in millionths per decision, in the order of the views; null leaves the wish to the conviction. */
export type Wishes = (decided: readonly Decided[]) => readonly (number | null)[];

/**
 * What sizing will need, taken from the views before anything is decided or paid. Throws `usage.invalid`, `market.range`; what it
 * returns throws `usage.invalid` when the returns of what is acted on do not move.
 */
export function openWishes(views: readonly View[], input: DecideInput): Wishes {
  const method = methodOf(input);
  if (method === null) return (decided) => decided.map(() => null);
  const cov = looksAtReturns(method) ? annualCovariance(views) : null;
  return (decided) => {
    const weights = wishWeights(method, decided.map(signedConviction), cov);
    return weights.map((weight) => Math.floor(Math.abs(weight) * 1_000_000));
  };
}

function signedConviction({ outcome: { decision } }: Decided): number {
  if (decision.action === "none") return 0;
  return (decision.action === "buy" ? 1 : -1) * Math.abs(decision.convictionPpm / 1e6);
}

function methodOf({
  sizing = "conviction",
  sizingFraction = 0.25,
  targetVolatilityPct = 10,
}: DecideInput): SizingMethod | null {
  if (sizing === "conviction") return null;
  if (sizing === "volatility-target") return { kind: sizing, volatility: targetVolatilityPct / 100 };
  return { kind: sizing, fraction: sizingFraction };
}

/** Of daily closes up to the earliest decision bar; several series are shrunk toward the scaled identity. */
function annualCovariance(views: readonly View[]): number[][] {
  const odd = views.find(({ tape }) => tape.passport.interval !== "1d");
  if (odd !== undefined) {
    throw new SwarmError("usage.invalid", `Cannot size ${odd.symbol} by risk: its series is not daily`, {
      hint: "Leave it out, or leave out --sizing",
    });
  }
  const closes = views.map(closesByDay);
  const joint = [...(closes[0]?.keys() ?? [])]
    .filter((day) => closes.every((one) => one.has(day)))
    .slice(-mostReturns - 1);
  if (joint.length <= fewestReturns) {
    const symbols = views.map(({ symbol }) => symbol).join(", ");
    throw new SwarmError(
      "market.range",
      `Cannot size ${symbols} by risk: ${joint.length} common days lie before the decision`,
      {
        hint: `Choose a later --as-of: more than ${fewestReturns} days are needed`,
      },
    );
  }
  const returns = closes.map((one) => {
    const prices = joint.map((day) => one.get(day) ?? NaN);
    return prices.slice(1).map((price, at) => price / (prices[at] ?? NaN) - 1);
  });
  if (returns.length === 1) return covariance(returns, daysPerYear);
  return ledoitWolf(returns).cov.map((row) => row.map((value) => value * daysPerYear));
}

function closesByDay({ tape: { candles }, bar }: View): ReadonlyMap<number, number> {
  return new Map(Array.from(candles.t.subarray(0, bar + 1), (day, at) => [day, candles.close[at] ?? NaN] as const));
}
