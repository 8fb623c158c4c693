// The research role: where the price stands against its slow mean, in units of its own noise, weighed by how normal the
// volume is.
import { sma } from "../../market/indicators/averages.ts";
import { at } from "../../market/indicators/blank.ts";
import { adx, atr } from "../../market/indicators/range.ts";
import { volatility } from "../../market/indicators/volatility.ts";
import { abstain, figure, unit, voteOf, type PriceOpinion } from "../opinion.ts";
import { decimal, whole } from "../strategy.ts";

const id = "trend-summary";

/** trend = (SMA fast/SMA slow - 1)/(volatility·√fast); conviction = min(1, |trend|/3)·min(1, volume fast/volume slow). */
export const marketResearchOpinion: PriceOpinion = {
  id,
  params: {
    fast: whole(20, 2, 250, "bars of the fast mean, the volatility and the recent volume"),
    slow: whole(100, 3, 1_000, "bars of the slow mean and the usual volume"),
    band: decimal(0.5, 0, 10, "hold while |trend| is within"),
  },
  ordered: ["fast", "slow"],
  form(candles, { fast = 20, slow = 100, band = 0.5 }) {
    const { close, volume } = candles;
    const last = close.length - 1;
    const noise = at(volatility(close, fast), last);
    const gap = at(sma(close, fast), last) / at(sma(close, slow), last) - 1;
    const trend = gap === 0 ? 0 : gap / (noise * Math.sqrt(fast));
    const usual = at(sma(volume, slow), last);
    const participation = usual > 0 ? unit(at(sma(volume, fast), last) / usual) : 1;
    const figures = {
      price: figure(at(close, last)),
      trend: figure(trend),
      volatility: figure(noise),
      participation: figure(participation),
      volume: figure(at(volume, last)),
      atr14: figure(at(atr(candles, 14), last)),
      adx14: figure(at(adx(candles, 14), last)),
      bars: close.length,
    };
    if (!Number.isFinite(trend)) return abstain(id, figures);
    const vote = voteOf(trend, band);
    const strength = vote === "hold" ? 1 - Math.abs(trend) / band : Math.abs(trend) / 3;
    return { vote, conviction: unit(strength) * participation, strategy: id, figures };
  },
};
