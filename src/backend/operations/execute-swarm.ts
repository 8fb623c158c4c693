// The reference swarm end to end: five sandboxes, five agents, a vote per symbol, sizing, a paper fill at the next open, a
// ledger that balances, and the bill.
import { ruleFor } from "../../consensus/rules.ts";
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { makeId } from "../../host/ids.ts";
import { limitsOf, nextOpen, openBook, type BookedDecision } from "../book-decision.ts";
import { refuseOverBudget } from "../budget.ts";
import { handler } from "../handler.ts";
import { windowAt } from "../market-view.ts";
import { sendOrders, type OrderToSend } from "../send-orders.ts";
import { wishesOf, type Decided } from "../size-together.ts";
import { stopIfAborted } from "../stop.ts";
import { openSwarm, referenceRule } from "../swarm-session.ts";
import { keepOutcome } from "../track-record.ts";
import { referenceSwarm } from "../../swarm/reference-swarm.ts";

const lifeSeconds = 300;

export const handle = handler("decide.input", "decide.output", async (parts, input, context) => {
  const startedAt = new Date(parts.clock.nowMs()).toISOString();
  const executionId = makeId("exec", parts.random);
  const rule = ruleFor({ mode: input.consensus ?? "majority", threshold: input.threshold }, referenceRule);
  const views = (input.symbols ?? ["AAPL"]).map((symbol) => windowAt(symbol, input.asOf));
  refuseOverBudget(parts.settings, referenceSwarm.length, lifeSeconds);
  // The record must be writable before anything is started.
  const store = await parts.store();
  const decided: Decided[] = [];
  const swarm = await openSwarm(parts, executionId, { context });
  try {
    for (const view of views) {
      stopIfAborted(context.signal, "the swarm");
      context.progress(`voting on ${view.symbol} as of ${view.asOf}`);
      const outcome = await swarm.round(view, { headlines: input.headlines ?? true, rule });
      decided.push({ view, outcome });
      if (rule.mode === "byzantine") await keepOutcome(store, view, outcome.decision);
    }
  } finally {
    await swarm.close();
  }
  const limits = limitsOf(input);
  const wishes = wishesOf(decided, input);
  const book = openBook(limits);
  const decisions = decided.map((one, place) => book.book(one, wishes[place] ?? null));
  const run = input.orderRun ?? executionId;
  const orders = decided.flatMap((one, place) => ordersOf(one, decisions[place]));
  const broker =
    input.broker === undefined ? undefined : await sendOrders(parts, { broker: input.broker, run, limits, orders });
  const ids = new Set(swarm.agents.map((agent) => agent.sandboxId));
  const cost = priceOf(parts.bill(ids), readPriceList());
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
    portfolio: book.value(),
    ...(broker === undefined ? {} : { broker }),
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

/** Named by what was decided on, not by the round, so that a run of the same name asks for the same orders. */
function ordersOf(decided: Decided, booked: BookedDecision | undefined): readonly OrderToSend[] {
  const { symbol, asOf } = decided.view;
  return (booked?.orders ?? []).map(({ side, quantity }) => {
    return { decisionId: `${symbol}@${asOf}`, symbol, side, quantity, quoteMicroUsd: nextOpen(decided) };
  });
}
