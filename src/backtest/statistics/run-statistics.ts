// Every figure of one replay, under the id of its formula (table in docs/decisions/0040-trading.md). Undefined is null.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import type { Simulation, Trades } from "../engine-config.ts";
import { drawdowns } from "./drawdowns.ts";
import { mean, quantile, sampleCovariance, sampleSd } from "../../numerics/moments.ts";
import { durationRounder, logReturns, periodReturns, periodsPerYear } from "./periods.ts";
import { finite, tradeStatistics, type Figures } from "./trade-statistics.ts";

const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;

export function runStatistics(candles: Candles, simulation: Simulation, firstIndicatorBar: number): Figures {
  const { t, close } = candles;
  const { equity, trades } = simulation;
  const last = equity.length - 1;
  const spells = drawdowns(equity, t);
  const total = at(equity, last) / at(equity, 0) - 1;
  const buyHold = at(close, last) / at(close, firstIndicatorBar) - 1;
  const beta = betaOf(equity, close);
  const years = (at(t, last) - at(t, 0)) / yearMs;
  const round = durationRounder(t);
  const cost = trades.fees.reduce((sum, fee) => sum + fee, 0);
  return {
    exposurePct: (100 * barsInTrades(trades, equity.length)) / equity.length,
    exposureWithOpenPct: (100 * barsInTrades(withOpen(simulation, last), equity.length)) / equity.length,
    finalEquity: at(equity, last),
    peakEquity: equity.reduce((top, value) => Math.max(top, value), -Infinity),
    commissions: cost,
    returnPct: 100 * total,
    buyHoldReturnPct: finite(100 * buyHold),
    ...perYear(equity, t, spells.max),
    cagrPct: finite(100 * ((1 + total) ** (1 / years) - 1)),
    beta: finite(beta),
    alphaPct: finite(100 * (total - beta * buyHold)),
    maxDrawdownPct: -100 * spells.max,
    avgDrawdownPct: spells.average === null ? null : -100 * spells.average,
    maxDrawdownSec: spells.maxSpellMs === null ? null : round(spells.maxSpellMs),
    avgDrawdownSec: spells.averageSpellMs === null ? null : round(spells.averageSpellMs),
    financing: simulation.financing,
    turnover: turnoverOf(trades) / at(equity, 0),
    ...tradeStatistics(trades, t, round),
  };
}

function perYear(equity: Float64Array, t: Float64Array, maxDrawdown: number): Figures {
  const returns = periodReturns(equity, t);
  const a = periodsPerYear(t);
  const ruined = returns.some((value) => value <= -1);
  const growth = ruined ? 1 : Math.exp(mean(returns.map((value) => Math.log(1 + value))));
  const annual = growth ** a - 1;
  const variance = sampleCovariance(returns, returns);
  const volatility = Math.sqrt((variance + growth ** 2) ** a - growth ** (2 * a));
  const downside = Math.sqrt(mean(returns.map((value) => Math.min(value, 0) ** 2))) * Math.sqrt(a);
  const [worst, rare] = [quantile(returns, 0.05), quantile(returns, 0.01)];
  return {
    periodsPerYear: a,
    annReturnGeoPct: finite(100 * annual),
    annVolatilityPct: finite(100 * volatility),
    sharpeGeo: finite(annual / volatility),
    sharpeArith: finite((mean(returns) / sampleSd(returns)) * Math.sqrt(a)),
    sortino: finite(annual / downside),
    calmar: finite(annual / maxDrawdown),
    varHist95Pct: finite(-100 * worst),
    esHist95Pct: finite(-100 * mean(returns.filter((value) => value <= worst))),
    varHist99Pct: finite(-100 * rare),
    esHist99Pct: finite(-100 * mean(returns.filter((value) => value <= rare))),
  };
}

function betaOf(equity: Float64Array, close: Float64Array): number {
  const [own, market] = [logReturns(equity), logReturns(close)];
  return sampleCovariance(own, market) / sampleCovariance(market, market);
}

function barsInTrades(trades: Pick<Trades, "entryBar" | "exitBar">, bars: number): number {
  const inside = new Uint8Array(bars);
  trades.entryBar.forEach((entry, row) => inside.fill(1, entry, (trades.exitBar[row] ?? entry) + 1));
  return inside.reduce((sum, one) => sum + one, 0);
}

function withOpen({ trades, open }: Simulation, last: number): Pick<Trades, "entryBar" | "exitBar"> {
  return {
    entryBar: [...trades.entryBar, ...open.map((one) => one.entryBar)],
    exitBar: [...trades.exitBar, ...open.map(() => last)],
  };
}

function turnoverOf({ size, entryPrice, exitPrice }: Trades): number {
  return size.reduce((sum, units, row) => {
    return sum + Math.abs(units) * ((entryPrice[row] ?? NaN) + (exitPrice[row] ?? NaN));
  }, 0);
}
