// The risk role: it never asks for a trade. Within its limits it abstains; beyond one it votes hold, the firmer the further
// beyond. Its limits are the reference's: 2 % of value at risk in a day at 95 %, 15 % of drawdown (system reference §5.3).
import { quantile } from "../../numerics/moments.ts";
import { abstain, unit, type PriceOpinion } from "../opinion.ts";
import { decimal, whole } from "../strategy.ts";

const id = "risk-limits";
const barsPerYear = 252;
/** Fewer returns say nothing about the worst twentieth of days. */
const fewestReturns = 60;

/**
 * Over the last `period` bars: VaR = -(5 % quantile of the returns, type 7) (historical simulation), drawdown = 1 - close/highest
 * close. Excess = the greater of VaR/varLimit - 1 and drawdown/drawdownLimit - 1; hold with conviction min(1, excess) when it is
 * above 0, else abstain.
 */
export const riskOpinion: PriceOpinion = {
  id,
  params: {
    period: whole(252, 60, 1_000, "returns looked back on"),
    varLimit: decimal(0.02, 0.001, 1, "value at risk in a day at 95 % that is still within limits"),
    drawdownLimit: decimal(0.15, 0.001, 1, "loss from the highest close that is still within limits"),
  },
  form({ close }, { period = 252, varLimit = 0.02, drawdownLimit = 0.15 }) {
    const seen = close.slice(-(period + 1));
    const returns = Array.from({ length: Math.max(0, seen.length - 1) }, (_, i) => {
      return (seen[i + 1] ?? Number.NaN) / (seen[i] ?? Number.NaN) - 1;
    });
    if (returns.length < fewestReturns) return abstain(id, { bars: close.length });
    const valueAtRisk = Math.max(0, -quantile(returns, 0.05));
    const highest = seen.reduce((most, price) => Math.max(most, price), 0);
    const drawdown = 1 - (seen.at(-1) ?? Number.NaN) / highest;
    const mean = returns.reduce((sum, one) => sum + one, 0) / returns.length;
    const squares = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    const yearlyVolatility = Math.sqrt((squares / (returns.length - 1)) * barsPerYear);
    const figures = { valueAtRisk, drawdown, yearlyVolatility, bars: close.length };
    const excess = Math.max(valueAtRisk / varLimit, drawdown / drawdownLimit) - 1;
    if (excess <= 0) return abstain(id, figures);
    return { vote: "hold", conviction: unit(excess), strategy: id, figures };
  },
};
