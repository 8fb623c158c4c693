// What an agent can be shown, before any is paid for.
import type { Candles } from "../../contracts/candles.ts";
import { maxPartTapes, maxTapeBars } from "../../contracts/frame-limits.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

/** `series`: what one part shows together. Throws `usage.invalid`. */
export function checkShareable(series: readonly Candles[]): void {
  const bars = Math.max(0, ...series.map(({ t }) => t.length));
  if (bars > maxTapeBars) throw tooMuch(`${bars} bars`, `${maxTapeBars} of a series`);
  if (series.length > maxPartTapes) throw tooMuch(`${series.length} series`, `${maxPartTapes} together`);
}

function tooMuch(asked: string, most: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot show ${asked} to agents: they are shown at most ${most}`, {
    hint: "Choose a shorter range or fewer symbols, or leave out --agents",
    details: { field: "agents" },
  });
}
