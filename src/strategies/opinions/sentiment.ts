// The sentiment role: mean tone of the admissible headlines, shrunk when there are few. Without any it abstains.
import type { Headline, MarketWindow } from "../../contracts/frames.ts";
import { abstain, figure, unit, voteOf, type Opinion } from "../opinion.ts";
import { admitHeadlines } from "../sentiment/admit-headlines.ts";
import { scoreHeadline } from "../sentiment/score-headline.ts";
import { decimal, whole, type Params } from "../strategy.ts";

const id = "headline-tone";
/** Headlines of doubt added to every mean: one headline alone convinces by a third. */
const doubt = 2;

/** mean tone; hold within ±neutral; conviction = |mean|·n/(n+2), or (1 - |mean|/neutral)·n/(n+2) for hold. */
export const sentimentOpinion = {
  id,
  params: {
    maxAgeDays: whole(60, 1, 3_650, "days a headline stays fresh"),
    neutral: decimal(0.05, 0.001, 1, "hold while the mean tone is within"),
  },
  form(
    window: MarketWindow | null,
    headlines: readonly Headline[],
    { maxAgeDays = 60, neutral = 0.05 }: Params,
  ): Opinion {
    const decisionMs = window?.t.at(-1);
    if (window === null || decisionMs === undefined) return abstain(id, { headlines: 0, given: headlines.length });
    const { admitted, ...rejected } = admitHeadlines(headlines, window.symbol, decisionMs, maxAgeDays);
    const scores = admitted.map((headline) => scoreHeadline(headline.text).score);
    const n = scores.length;
    const mean = scores.reduce((sum, score) => sum + score, 0) / n;
    const figures = {
      meanTone: figure(mean),
      headlines: n,
      rejectedLater: rejected.later,
      rejectedUndated: rejected.undated,
      rejectedStale: rejected.stale,
      rejectedOtherSymbol: rejected.otherSymbol,
    };
    if (n === 0) return abstain(id, figures);
    const vote = voteOf(mean, neutral);
    const strength = vote === "hold" ? 1 - Math.abs(mean) / neutral : Math.abs(mean);
    return { vote, conviction: unit((strength * n) / (n + doubt)), strategy: id, figures };
  },
};
