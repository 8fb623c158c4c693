// Decided parts become one table of decisions. Every bar must be covered once, by parts that agree on the warm-up: an overlap
// or a gap is refused, never mended.
import type { DecidedPart } from "../../contracts/part-frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Decision, PreparedStrategy } from "../../strategies/strategy.ts";
import { placeOf } from "./place-of.ts";

/** The decisions of bars [0, bars) for all sides. Throws `agent.frame` for a gap, an overlap or another warm-up. */
export function mergeParts(bars: number, parts: readonly DecidedPart[]): PreparedStrategy {
  const sorted = parts.toSorted((a, b) => a.from - b.from);
  const firstIndicatorBar = sorted[0]?.firstIndicatorBar ?? 0;
  const decisions: Decision[] = Array.from({ length: 3 * bars }, () => "none");
  let covered = 0;
  for (const part of sorted) {
    const { from, to, decided } = part;
    if (from < covered) throw refused(part, `decides bar ${from}, which another part has decided`);
    if (from > covered) throw refused(part, `begins at bar ${from}: nobody decided bar ${covered}`);
    if (part.firstIndicatorBar !== firstIndicatorBar) {
      throw refused(part, `has a warm-up of ${part.firstIndicatorBar} bars where another has ${firstIndicatorBar}`);
    }
    for (const { bar, side, decision } of decided) {
      if (bar < from || bar >= to) throw refused(part, `decides bar ${bar}, which is outside of it`);
      decisions[placeOf(bar, side)] = decision;
    }
    covered = to;
  }
  if (covered === bars) return { firstIndicatorBar, decide: (bar, side) => decisions[placeOf(bar, side)] ?? "none" };
  throw new SwarmError("agent.frame", `Cannot merge the parts: they end at bar ${covered} of ${bars}`, {
    hint: "Run the backtest again",
    details: { covered, bars },
  });
}

function refused({ agentId, from, to }: DecidedPart, problem: string): SwarmError {
  return new SwarmError("agent.frame", `Cannot merge the part of ${agentId}, bars ${from} to ${to}: it ${problem}`, {
    hint: "Run the backtest again",
    details: { agentId, from, to },
  });
}
