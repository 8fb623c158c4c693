// The momentum role: the sign of 12-1 momentum is the vote, its size against the year's volatility the conviction.
import { at } from "../../market/indicators/blank.ts";
import { momentum, roc } from "../../market/indicators/change.ts";
import { macd } from "../../market/indicators/macd.ts";
import { rsi } from "../../market/indicators/rsi.ts";
import { volatility } from "../../market/indicators/volatility.ts";
import { abstain, figure, voteOf, type PriceOpinion } from "../opinion.ts";
import { momentum12Less1 } from "../rules/momentum-12-1.ts";

const barsPerYear = 252;

/** m = 12-1 momentum, s = yearly volatility over the same bars; conviction = |m|/(|m| + s); buy if m > 0, sell if m < 0. */
export const momentumOpinion: PriceOpinion = {
  id: momentum12Less1.id,
  params: momentum12Less1.params,
  ordered: ["skip", "lookback"],
  form(candles, { lookback = 252, skip = 21 }) {
    const { close } = candles;
    const last = close.length - 1;
    const change = at(momentum(close, lookback, skip), last);
    const yearly = at(volatility(close, lookback), last) * Math.sqrt(barsPerYear);
    const figures = {
      momentum: figure(change),
      yearlyVolatility: figure(yearly),
      roc20: figure(at(roc(close, 20), last)),
      rsi14: figure(at(rsi(close, 14), last)),
      macdHistogram: figure(at(macd(close, 12, 26, 9).histogram, last)),
      bars: close.length,
    };
    if (!Number.isFinite(change) || !Number.isFinite(yearly)) return abstain(momentum12Less1.id, figures);
    const size = Math.abs(change);
    const conviction = size === 0 ? 0 : size / (size + yearly);
    return { vote: voteOf(change, 0), conviction, strategy: momentum12Less1.id, figures };
  },
};
