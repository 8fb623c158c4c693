// Which headlines an opinion may rest on. Nothing dated after the start of the decision bar's day counts, nothing undated
// counts, and everything turned away is counted: later text must never reach an earlier decision.
import type { Headline } from "../../contracts/frames.ts";

export interface Admission {
  readonly admitted: readonly Headline[];
  readonly later: number;
  readonly undated: number;
  readonly stale: number;
  readonly otherSymbol: number;
}

const dayMs = 86_400_000;
const dated = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** UTC ms of publication; a date without a time counts as the end of that day; NaN when it is no date with a zone. */
export function publishedMs(text: string): number {
  if (!dated.test(text)) return NaN;
  return text.length === 10 ? Date.parse(`${text}T00:00:00Z`) + dayMs - 1 : Date.parse(text);
}

/** `decisionMs` is the decision bar's `t` (start of its day, UTC); a headline of that very day counts only up to it. */
export function admitHeadlines(
  headlines: readonly Headline[],
  symbol: string,
  decisionMs: number,
  maxAgeDays: number,
): Admission {
  const admitted: Headline[] = [];
  const turnedAway = { later: 0, undated: 0, stale: 0, otherSymbol: 0 };
  for (const headline of headlines) {
    const published = publishedMs(headline.publishedAt);
    if (headline.symbol !== symbol) turnedAway.otherSymbol += 1;
    else if (Number.isNaN(published)) turnedAway.undated += 1;
    else if (published > decisionMs) turnedAway.later += 1;
    else if (published < decisionMs - maxAgeDays * dayMs) turnedAway.stale += 1;
    else admitted.push(headline);
  }
  return { admitted, ...turnedAway };
}
