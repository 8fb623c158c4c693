// The reference swarm end to end: five sandboxes, five agents, a vote per symbol, sizing, a paper fill at the next open, a
// ledger that balances, and the bill.
import { ruleFor } from "../../consensus/rules.ts";
import { canonicalJson } from "../../contracts/json.ts";
import { microUsd } from "../../contracts/money.ts";
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { makeId } from "../../host/ids.ts";
import { bookFill } from "../../portfolio/book-fill.ts";
import { openLedger, positionOf, valueOf, type Ledger } from "../../portfolio/ledger.ts";
import { defaultLimits, size } from "../../portfolio/size.ts";
import { refuseOverBudget } from "../budget.ts";
import { handler } from "../handler.ts";
import { dateAt, windowAt, type View } from "../market-view.ts";
import { stopIfAborted } from "../stop.ts";
import { openSwarm, referenceRule } from "../swarm-session.ts";
import { keepOutcome } from "../track-record.ts";
import { usageSince } from "../usage-since.ts";
import { referenceSwarm } from "../../swarm/reference-swarm.ts";
import type { RoundOutcome } from "../../swarm/run-round.ts";

const capital = microUsd(100_000);
const lifeSeconds = 300;

export const handle = handler("decide.input", "decide.output", async (parts, input, context) => {
  const startedAt = new Date(parts.clock.nowMs()).toISOString();
  const executionId = makeId("exec", parts.random);
  const rule = ruleFor({ mode: input.consensus ?? "majority", threshold: input.threshold }, referenceRule);
  const views = (input.symbols ?? ["AAPL"]).map((symbol) => windowAt(symbol, input.asOf));
  refuseOverBudget(parts.settings, referenceSwarm.length, lifeSeconds);
  // The record must be writable before anything is started.
  const store = await parts.store();
  const ledger = openLedger(capital);
  const prices: Record<string, number> = {};
  const decisions = [];
  const before = parts.meters();
  const swarm = await openSwarm(parts, executionId, { context });
  try {
    for (const view of views) {
      stopIfAborted(context.signal, "the swarm");
      context.progress(`voting on ${view.symbol} as of ${view.asOf}`);
      const outcome = await swarm.round(view, { headlines: input.headlines ?? true, rule });
      decisions.push(book(ledger, prices, view, outcome));
      if (rule.mode === "byzantine") await keepOutcome(store, view, outcome.decision);
    }
  } finally {
    await swarm.close();
  }
  const ids = new Set(swarm.agents.map((agent) => agent.sandboxId));
  const cost = priceOf(usageSince(before, parts.meters(), ids), readPriceList());
  return {
    executionId,
    status: "completed" as const,
    startedAt,
    completedAt: new Date(parts.clock.nowMs()).toISOString(),
    agents: swarm.agents.map(({ agentId, role, sandboxId, template, memoryKey }) => ({
      agentId,
      role,
      sandboxId,
      template,
      memoryKey,
    })),
    decisions,
    portfolio: valueOf(ledger, prices),
    cost: {
      priceList: cost.priceList,
      currency: cost.currency,
      totalMicroUsd: cost.totalMicroUsd,
      sandboxSeconds: cost.sandboxSeconds,
      // Seconds of this machine at the cloud's prices are a model of a bill, not a bill.
      provenance: parts.settings.target === "cloud" ? ("measured" as const) : ("modelled" as const),
    },
  };
});

/** As text, because a certificate is checked byte for byte and no door may rename its fields. */
function testimonyOf({ testimony }: RoundOutcome): { certificate?: string | null; equivocations?: string[] } {
  if (testimony === null) return {};
  const { certificate, equivocations } = testimony;
  return {
    certificate: certificate === null ? null : canonicalJson(certificate),
    equivocations: equivocations.map((proof) => canonicalJson(proof)),
  };
}

/** Sizes at the close of the decision bar, fills at the next open, books it. */
function book(ledger: Ledger, prices: Record<string, number>, view: View, outcome: RoundOutcome) {
  const { tape, bar, symbol } = view;
  const close = microUsd(tape.candles.close[bar] ?? Number.NaN);
  const before = valueOf(ledger, prices);
  const held = positionOf(ledger, symbol).quantity;
  const sizing = size(
    outcome.decision,
    {
      equityMicroUsd: before.equityMicroUsd,
      cashMicroUsd: before.cashMicroUsd,
      quantity: held,
      otherGrossMicroUsd: before.positionsMicroUsd - held * (prices[symbol] ?? 0),
    },
    close,
  );
  prices[symbol] = close;
  const [order] = sizing.orders;
  const priceMicroUsd = microUsd(tape.candles.open[bar + 1] ?? Number.NaN);
  const filled =
    order === undefined
      ? null
      : { order, feeMicroUsd: Math.ceil((order.quantity * priceMicroUsd * defaultLimits.feePpm) / 1e6) };
  if (filled !== null) {
    bookFill(ledger, {
      ...filled.order,
      fillId: `${outcome.decision.round}/fill`,
      priceMicroUsd,
      feeMicroUsd: filled.feeMicroUsd,
    });
  }
  return {
    symbol,
    asOf: view.asOf,
    decision: outcome.decision,
    answers: outcome.answers.map(({ proposal, signature }) => ({ proposal, signature })),
    ...testimonyOf(outcome),
    orders: sizing.orders,
    clamps: sizing.clamps,
    fill:
      filled === null
        ? null
        : {
            date: dateAt(tape, bar + 1),
            priceMicroUsd,
            quantity: filled.order.quantity,
            feeMicroUsd: filled.feeMicroUsd,
          },
  };
}
