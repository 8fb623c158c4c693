// Invented prices with a known law, so that a strategy can be tried where the truth is known. Every world says what it is; none
// is ever shown without the word SYNTHETIC.
import type { Draws } from "./normal-stream.ts";

export const worldNames = ["driftless", "trend", "reverting-pair", "jumps", "regimes", "gaps"] as const;
export type WorldName = (typeof worldNames)[number];

/** Numbers of each world; all per trading day. They are printed with the tape. */
export const worldParameters = {
  driftless: { volatility: 0.012 },
  trend: { drift: 0.0005, volatility: 0.012 },
  /** The second symbol is the first times e^x, x an Ornstein–Uhlenbeck process with this half-life and standing deviation. */
  "reverting-pair": { volatility: 0.012, halfLifeBars: 20, spreadSd: 0.05 },
  jumps: { volatility: 0.01, jumpsPerYear: 8, jumpSd: 0.05 },
  regimes: { drift: 0.0008, calm: 0.008, rough: 0.025, meanBars: 120 },
  gaps: { volatility: 0.012, haltsPerYear: 3, haltBars: 8, gapSd: 0.06 },
} as const satisfies Record<WorldName, Readonly<Record<string, number>>>;

const tradingDays = 252;

/** Log return of each bar over the last close, and whether the bar trades at all. `leg` 1 is the second of a pair. */
export interface Path {
  readonly returns: Float64Array;
  /** 0 = halted: the day is left out of the tape. */
  readonly trades: Uint8Array;
}

export function pathOf(world: WorldName, bars: number, draws: Draws, leg: 0 | 1): Path {
  const trades = new Uint8Array(bars).fill(1);
  const each = (of: (bar: number) => number): Path => ({
    returns: new Float64Array(bars).map((_, bar) => of(bar)),
    trades,
  });
  switch (world) {
    case "driftless": {
      const { volatility } = worldParameters.driftless;
      return each(() => martingale(volatility, draws));
    }
    case "trend": {
      const { drift, volatility } = worldParameters.trend;
      return each(() => drift + martingale(volatility, draws));
    }
    case "reverting-pair":
      return each(pairSteps(draws, leg));
    case "jumps": {
      const { volatility, jumpsPerYear, jumpSd } = worldParameters.jumps;
      return each(() => {
        const jump = draws.uniform() < jumpsPerYear / tradingDays ? jumpSd * draws.normal() : 0;
        return martingale(volatility, draws) + jump;
      });
    }
    case "regimes":
      return each(regimeSteps(draws));
    case "gaps":
      return halted(bars, draws, trades);
  }
}

/** A step whose exponential has mean one: the price has no drift. */
function martingale(volatility: number, draws: Draws): number {
  return volatility * draws.normal() - volatility ** 2 / 2;
}

/** Both legs draw the same numbers; the second adds the change of the spread. */
function pairSteps(draws: Draws, leg: 0 | 1): () => number {
  const { volatility, halfLifeBars, spreadSd } = worldParameters["reverting-pair"];
  const keep = 2 ** (-1 / halfLifeBars);
  const noise = spreadSd * Math.sqrt(1 - keep * keep);
  let spread = spreadSd * draws.normal();
  return () => {
    const step = martingale(volatility, draws);
    const next = keep * spread + noise * draws.normal();
    const change = next - spread;
    spread = next;
    return leg === 0 ? step : step + change;
  };
}

function regimeSteps(draws: Draws): () => number {
  const { drift, calm, rough, meanBars } = worldParameters.regimes;
  let good = true;
  return () => {
    if (draws.uniform() < 1 / meanBars) good = !good;
    return (good ? drift : -drift) + martingale(good ? calm : rough, draws);
  };
}

function halted(bars: number, draws: Draws, trades: Uint8Array): Path {
  const { volatility, haltsPerYear, haltBars, gapSd } = worldParameters.gaps;
  const returns = new Float64Array(bars);
  let left = 0;
  for (let bar = 0; bar < bars; bar += 1) {
    if (left === 0 && bar > 0 && draws.uniform() < haltsPerYear / tradingDays) left = haltBars;
    trades[bar] = left > 0 ? 0 : 1;
    const reopens = left === 1;
    if (left > 0) left -= 1;
    returns[bar] = reopens ? gapSd * draws.normal() : martingale(volatility, draws);
  }
  return { returns, trades };
}
