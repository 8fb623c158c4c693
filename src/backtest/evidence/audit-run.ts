// The engine's own suspicion: a finished run is looked at from outside, with arithmetic of its own. No fill before its decision,
// no price that the bar did not have, costs on both sides, no cent from nowhere, no decision before the indicators exist.
import type { Candles } from "../../contracts/candles.ts";
import { at } from "../../market/indicators/blank.ts";
import type { PreparedStrategy } from "../../strategies/strategy.ts";
import type { EngineConfig } from "../engine-config.ts";
import type { Replay } from "../replay-strategy.ts";

export const auditNames = ["fill after decision", "costs on both sides", "conservation of cash", "warm-up"] as const;
export type AuditName = (typeof auditNames)[number];

export interface Audited {
  readonly candles: Candles;
  readonly prepared: PreparedStrategy;
  readonly config: EngineConfig;
  readonly replay: Replay;
}

/** Relative to the money involved. */
const tolerance = 1e-9;

/** One sentence per check that failed; an empty map means that all passed. */
export function auditRun(run: Audited): ReadonlyMap<AuditName, string> {
  const problems = new Map<AuditName, string>();
  const note = (name: AuditName, problem: string | undefined): void => {
    if (problem !== undefined) problems.set(name, problem);
  };
  note("fill after decision", earlyFill(run));
  note("costs on both sides", missingCost(run));
  note("conservation of cash", lostCash(run));
  note("warm-up", coldDecision(run));
  return problems;
}

/** An entry needs a decision on an earlier bar (on its own with fills at the close), and a price inside of its bar. */
function earlyFill({ candles, config, replay: { signals, simulation } }: Audited): string | undefined {
  const { trades, open } = simulation;
  const decided = new Int32Array(signals.length + 1);
  for (let bar = 0; bar < signals.length; bar += 1)
    decided[bar + 1] = signals[bar] === 0 ? (decided[bar] ?? 0) : bar + 1;
  const slack = config.tradeOnClose ? 1 : 0;
  const entries = [
    ...trades.entryBar.map((bar, row) => ({ bar, price: trades.entryPrice[row] ?? NaN, size: trades.size[row] ?? 0 })),
    ...open.map(({ entryBar, entryPrice, size }) => ({ bar: entryBar, price: entryPrice, size })),
  ];
  for (const { bar, price, size } of entries) {
    // decided[bar] is one more than the last bar before `bar` with a decision, 0 when there is none.
    if ((decided[bar + slack] ?? 0) === 0) return `the entry on bar ${bar} has no decision before it`;
    const spread = config.mode === "reference" ? config.spread : 0;
    const raw = price / (1 + Math.sign(size) * spread);
    if (!inside(raw, candles, bar)) return `the entry on bar ${bar} has a price of ${raw}, which the bar did not have`;
  }
  return wrongMarketEntry({ candles, config, signals, entries });
}

function inside(price: number, candles: Candles, bar: number): boolean {
  const [low, high] = [at(candles.low, bar), at(candles.high, bar)];
  return price >= low * (1 - tolerance) && price <= high * (1 + tolerance);
}

/** Without slippage a market entry fills at the open after its decision: codes 1 and 2 are plain market decisions. */
function wrongMarketEntry({
  candles,
  config,
  signals,
  entries,
}: {
  readonly candles: Candles;
  readonly config: EngineConfig;
  readonly signals: Uint8Array;
  readonly entries: readonly { readonly bar: number; readonly price: number; readonly size: number }[];
}): string | undefined {
  const plain = signals.every((code) => code <= 3);
  if (!plain || config.tradeOnClose || config.slippage.kind !== "none") return undefined;
  const spread = config.mode === "reference" ? config.spread : 0;
  for (const { bar, price, size } of entries) {
    const wanted = size > 0 ? 1 : 2;
    if (signals[bar - 1] !== wanted) return `the entry on bar ${bar} was not decided on the bar before`;
    const fair = at(candles.open, bar) * (1 + Math.sign(size) * spread);
    if (Math.abs(price / fair - 1) > tolerance)
      return `the entry on bar ${bar} is at ${price}, and its open is ${fair}`;
  }
  return undefined;
}

/** The fees of a trade are those of its entry and of its exit, from the configuration and the prices alone. */
function missingCost({ config, replay }: Audited): string | undefined {
  const { trades } = replay.simulation;
  const rate = config.commission.relative + (config.mode === "product" ? config.spread / 2 : 0);
  const splits = new Map<string, number>();
  trades.size.forEach((size, row) => {
    const key = `${trades.entryBar[row]}|${trades.entryPrice[row]}|${Math.sign(size)}`;
    splits.set(key, (splits.get(key) ?? 0) + 1);
  });
  // A trade closed in parts carries its fixed entry fee in parts: then only the share of the price is known.
  const whole = [...splits.values()].every((count) => count === 1);
  if (config.commission.fixed > 0 && !whole) return undefined;
  for (const [row, size] of trades.size.entries()) {
    const value = Math.abs(size) * ((trades.entryPrice[row] ?? NaN) + (trades.exitPrice[row] ?? NaN));
    const wanted = 2 * config.commission.fixed + value * rate;
    const found = trades.fees[row] ?? NaN;
    if (Math.abs(found - wanted) <= tolerance * Math.max(1, wanted)) continue;
    return `trade ${row} carries ${found} of costs, and both sides cost ${wanted}`;
  }
  return undefined;
}

/** Start plus profits, less the entry costs of what is open and financing, is the cash at the end. */
function lostCash({ config, replay }: Audited): string | undefined {
  const { trades, open, finalCash, financing, bustBar } = replay.simulation;
  if (bustBar >= 0) return undefined;
  const rate = config.commission.relative + (config.mode === "product" ? config.spread / 2 : 0);
  const paid = open.reduce((sum, { size, entryPrice }) => {
    return sum + config.commission.fixed + Math.abs(size) * entryPrice * rate;
  }, 0);
  const made = trades.size.reduce((sum, size, row) => {
    const moved = (trades.exitPrice[row] ?? NaN) - (trades.entryPrice[row] ?? NaN);
    return sum + size * moved - (trades.fees[row] ?? NaN);
  }, 0);
  const turned = trades.size.reduce(
    (sum, size, row) => sum + Math.abs(size) * (trades.exitPrice[row] ?? NaN),
    config.cash,
  );
  const wanted = config.cash + made - paid - financing;
  // A partly closed position left a part of its fixed entry fee with the closed part.
  const inParts = open.some((one) => trades.entryBar.some((bar) => bar === one.entryBar));
  const slack = tolerance * turned + (inParts ? config.commission.fixed : 0);
  return Math.abs(finalCash - wanted) <= slack ? undefined : `${finalCash} is in cash, and the trades leave ${wanted}`;
}

/** The declared first bar is the latest first value of the columns, and nothing was decided before the bar after it. */
function coldDecision({ prepared, replay }: Audited): string | undefined {
  const { firstIndicatorBar, columns = [] } = prepared;
  const early = replay.signals.findIndex((code) => code !== 0);
  if (early >= 0 && early <= firstIndicatorBar)
    return `bar ${early} decided, and the indicators begin on ${firstIndicatorBar}`;
  if (columns.length === 0 || (columns[0]?.length ?? 0) <= firstIndicatorBar + 1) return undefined;
  const first = Math.max(...columns.map((column) => column.findIndex((value) => !Number.isNaN(value))));
  return first === firstIndicatorBar ? undefined : `the indicators begin on bar ${first}, not on ${firstIndicatorBar}`;
}
