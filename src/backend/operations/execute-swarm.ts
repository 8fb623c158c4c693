// A swarm end to end: a vote per symbol by five agents made for it or by a live swarm, sizing, a paper fill at the next open,
// a ledger that balances, and the bill.
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { makeId } from "../../host/ids.ts";
import { capital, limitsOf, nextOpen, openBook, type BookedDecision } from "../book-decision.ts";
import { handler } from "../handler.ts";
import { windowAt } from "../market-view.ts";
import { alpacaDesk, sendOrders, type OrderToSend } from "../send-orders.ts";
import { openWishes, type Decided } from "../size-together.ts";
import { stopIfAborted } from "../stop.ts";
import { askableSwarm, openVoters, refuseOwnOverBudget, symbolsOf, type AgentRow } from "../voters.ts";

export const handle = handler("decide.input", "decide.output", async (parts, input, context) => {
  const startedAt = new Date(parts.clock.nowMs()).toISOString();
  const executionId = makeId("exec", parts.random);
  const swarm = input.swarmId === undefined ? null : await askableSwarm(parts, input, input.swarmId);
  const symbols = input.symbols ?? (swarm === null ? ["AAPL"] : await symbolsOf(swarm));
  const views = symbols.map((symbol) => windowAt(symbol, input.asOf));
  const limits = limitsOf(input);
  const wishesOf = openWishes(views, input);
  if (swarm === null) refuseOwnOverBudget(parts);
  // Record and broker must be open to us before anything is started.
  await parts.store();
  if (input.broker === "alpaca") await alpacaDesk(parts, executionId);
  const voters = await openVoters({ parts, input, context, executionId }, swarm);
  const decided: Decided[] = [];
  let agents: readonly AgentRow[];
  try {
    for (const view of views) {
      stopIfAborted(context.signal, "the swarm");
      context.progress(`voting on ${view.symbol} as of ${view.asOf}`);
      decided.push({ view, outcome: await voters.vote(view) });
    }
    agents = await voters.agents();
  } finally {
    await voters.close();
  }
  const used = await voters.used();
  const wishes = wishesOf(decided);
  const book = openBook(limits);
  const decisions = decided.map((one, place) => book.book(one, wishes[place] ?? null));
  const run = input.orderRun ?? executionId;
  const orders = decided.flatMap((one, place) => ordersOf(one, decisions[place]));
  const broker =
    input.broker === undefined ? undefined : await sendOrders(parts, { broker: input.broker, run, limits, orders });
  const portfolio = book.value();
  await voters.booked({
    atMs: parts.clock.nowMs(),
    decisions: decisions.length,
    trades: decisions.filter(({ fill }) => fill !== null).length,
    pnlMicroUsd: portfolio.equityMicroUsd - capital,
  });
  const cost = priceOf(used, readPriceList());
  const isMeasured = parts.settings.target === "cloud" && input.swarmId === undefined;
  return {
    executionId,
    status: "completed" as const,
    startedAt,
    completedAt: new Date(parts.clock.nowMs()).toISOString(),
    agents: [...agents],
    decisions,
    portfolio,
    ...(broker === undefined ? {} : { broker }),
    cost: {
      priceList: cost.priceList,
      currency: cost.currency,
      totalMicroUsd: cost.totalMicroUsd,
      sandboxSeconds: cost.sandboxSeconds,
      // Seconds of this machine at the cloud's prices are a model of a bill, not a bill; so is a share of a live swarm's time.
      provenance: isMeasured ? ("measured" as const) : ("modelled" as const),
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
