// A decision becomes a paper fill: sized at the close of its bar, filled at the next open, booked in a ledger that balances.
import type { DecideInput } from "../contracts/operations/swarm.ts";
import { canonicalJson } from "../contracts/json.ts";
import { microUsd, type MicroUsd } from "../contracts/money.ts";
import { bookFill } from "../portfolio/book-fill.ts";
import { openLedger, positionOf, valueOf, type Ledger, type Valuation } from "../portfolio/ledger.ts";
import { defaultLimits, size, type Limits, type SizedOrder } from "../portfolio/size.ts";
import type { RoundOutcome } from "../swarm/run-round.ts";
import { dateAt } from "./market-view.ts";
import type { Decided } from "./size-together.ts";

export const capital = microUsd(100_000);

export interface Book {
  /** `wish`: |weight| in millionths, null for the conviction's own. */
  book(decided: Decided, wish: number | null): BookedDecision;
  value(): Valuation;
}

export type BookedDecision = ReturnType<typeof rowOf>;

/** All decisions of one run belong to one day, which begins with the capital. */
export function openBook(limits: Limits): Book {
  const ledger = openLedger(capital);
  const prices: Record<string, number> = {};
  let peak = capital;
  return {
    book(decided, wish) {
      const { view, outcome } = decided;
      const { tape, bar, symbol } = view;
      const before = valueOf(ledger, prices);
      peak = Math.max(peak, before.equityMicroUsd);
      const held = positionOf(ledger, symbol).quantity;
      const others = before.positionsMicroUsd - held * (prices[symbol] ?? 0);
      const holdings = {
        equityMicroUsd: before.equityMicroUsd,
        cashMicroUsd: before.cashMicroUsd,
        quantity: held,
        otherGrossMicroUsd: others,
        // Nothing is ever short here.
        otherNetMicroUsd: others,
        peakEquityMicroUsd: peak,
        dayEquityMicroUsd: capital,
      };
      const close = microUsd(tape.candles.close[bar] ?? Number.NaN);
      const sizing = size(outcome.decision, holdings, close, limits, wish ?? undefined);
      prices[symbol] = close;
      const [order] = sizing.orders;
      const fill = order === undefined ? null : fillAtOpen(ledger, decided, order, limits);
      return rowOf(decided, sizing, fill);
    },
    value: () => valueOf(ledger, prices),
  };
}

/** The default limits with what was asked for in percent. */
export function limitsOf({ limits = {} }: DecideInput): Limits {
  const ppm = (percent: number | undefined, standard: number): number =>
    percent === undefined ? standard : Math.round(percent * 10_000);
  return {
    ...defaultLimits,
    perSymbolPpm: ppm(limits.perSymbolPct, defaultLimits.perSymbolPpm),
    grossPpm: ppm(limits.grossPct, defaultLimits.grossPpm),
    netPpm: ppm(limits.netPct, defaultLimits.netPpm),
    drawdownPpm: ppm(limits.drawdownPct, defaultLimits.drawdownPpm),
    dailyLossPpm: ppm(limits.dailyLossPct, defaultLimits.dailyLossPpm),
  };
}

/** The open of the bar after the decision, in micro-dollars. */
export function nextOpen({ view: { tape, bar } }: Decided): MicroUsd {
  return microUsd(tape.candles.open[bar + 1] ?? Number.NaN);
}

interface Filled {
  readonly priceMicroUsd: MicroUsd;
  readonly quantity: number;
  readonly feeMicroUsd: MicroUsd;
}

function fillAtOpen(ledger: Ledger, decided: Decided, order: SizedOrder, { feePpm }: Limits): Filled {
  const priceMicroUsd = nextOpen(decided);
  const feeMicroUsd = Math.ceil((order.quantity * priceMicroUsd * feePpm) / 1e6);
  bookFill(ledger, { ...order, fillId: `${decided.outcome.decision.round}/fill`, priceMicroUsd, feeMicroUsd });
  return { priceMicroUsd, quantity: order.quantity, feeMicroUsd };
}

function rowOf({ view, outcome }: Decided, { orders, clamps }: ReturnType<typeof size>, fill: Filled | null) {
  return {
    symbol: view.symbol,
    asOf: view.asOf,
    decision: outcome.decision,
    answers: outcome.answers.map(({ proposal, signature }) => ({ proposal, signature })),
    ...testimonyOf(outcome),
    orders,
    clamps,
    fill: fill === null ? null : { date: dateAt(view.tape, view.bar + 1), ...fill },
  };
}

/** As text, because a certificate is checked byte for byte and no door may rename its fields. */
function testimonyOf({ testimony }: RoundOutcome): { certificate?: string | null; equivocations?: string[] } {
  if (testimony === null) return {};
  const { certificate, equivocations } = testimony;
  return {
    certificate: certificate === null ? null : canonicalJson(certificate),
    equivocations: equivocations.map((proof) => canonicalJson(proof)),
  };
}
