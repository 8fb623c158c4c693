// The mean-reversion role: far below the mean is a buy, far above a sell, near it a hold.
import { bollinger, zScore } from "../../market/indicators/bands.ts";
import { at } from "../../market/indicators/blank.ts";
import { rsi } from "../../market/indicators/rsi.ts";
import { volatility } from "../../market/indicators/volatility.ts";
import { abstain, figure, unit, voteOf, type PriceOpinion } from "../opinion.ts";
import { zRevert } from "../rules/z-revert.ts";
import { decimal, whole } from "../strategy.ts";

/** z over `period` bars; conviction = min(1, |z|/(2·enter)) beyond ±enter, and 1 - |z|/enter for the hold inside. */
export const meanReversionOpinion: PriceOpinion = {
  id: zRevert.id,
  params: {
    period: whole(60, 2, 500, "bars of the mean and deviation, the current one included"),
    enter: decimal(1.5, 0.1, 10, "vote beyond this many deviations"),
  },
  form({ close }, { period = 60, enter = 1.5 }) {
    const last = close.length - 1;
    const z = at(zScore(close, period), last);
    const bands = bollinger(close, 20, 2);
    const [upper, lower] = [at(bands.upper, last), at(bands.lower, last)];
    const figures = {
      z: figure(z),
      bollingerPosition: figure((at(close, last) - lower) / (upper - lower)),
      meanDistance: figure(at(close, last) / at(bands.middle, last) - 1),
      rsi14: figure(at(rsi(close, 14), last)),
      volatility20: figure(at(volatility(close, 20), last)),
      bars: close.length,
    };
    if (!Number.isFinite(z)) return abstain(zRevert.id, figures);
    const vote = voteOf(-z, enter);
    const conviction = vote === "hold" ? unit(1 - Math.abs(z) / enter) : unit(Math.abs(z) / (2 * enter));
    return { vote, conviction, strategy: zRevert.id, figures };
  },
};
