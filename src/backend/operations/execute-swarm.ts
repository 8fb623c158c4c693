// A swarm end to end: a vote per symbol by five agents made for it or by a live swarm, sizing, a paper fill at the next open,
// a ledger that balances, and the bill.
import { ruleFor } from "../../consensus/rules.ts";
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { makeId } from "../../host/ids.ts";
import type { Execution } from "../../contracts/live-swarm.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import type { DecideInput, DecideOutput } from "../../contracts/operations/swarm.ts";
import type { MeterReading } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { RoundOutcome } from "../../swarm/run-round.ts";
import { templateFor } from "../agents.ts";
import { capital, limitsOf, nextOpen, openBook, type BookedDecision } from "../book-decision.ts";
import { defaultSize, refuseOverBudget } from "../budget.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { keepExecution, voteLive } from "../live/execute-live.ts";
import { findSwarm, placesOf, refuseEnded, wishOf } from "../live/live-swarm.ts";
import { windowAt, type View } from "../market-view.ts";
import type { Parts } from "../parts.ts";
import { sendOrders, type OrderToSend } from "../send-orders.ts";
import { wishesOf, type Decided } from "../size-together.ts";
import { stopIfAborted } from "../stop.ts";
import { openSwarm, referenceRule } from "../swarm-session.ts";
import { keepOutcome } from "../track-record.ts";
import { referenceSwarm } from "../../swarm/reference-swarm.ts";

const lifeSeconds = 300;

type AgentRow = DecideOutput["agents"][number];

/** Whoever votes: five agents made for it, or the agents of a live swarm. */
interface Voters {
  readonly agents: () => Promise<readonly AgentRow[]>;
  readonly symbols: readonly string[];
  readonly vote: (view: View) => Promise<RoundOutcome>;
  /** What they have used until now; asked once. */
  readonly used: () => Promise<readonly MeterReading[]>;
  readonly booked: (execution: Execution) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const handle = handler("decide.input", "decide.output", async (parts, input, context) => {
  const startedAt = new Date(parts.clock.nowMs()).toISOString();
  const executionId = makeId("exec", parts.random);
  for (const symbol of input.symbols ?? []) windowAt(symbol, input.asOf);
  // The record must be writable before anything is started.
  await parts.store();
  const voters = await (input.swarmId === undefined
    ? ownVoters(parts, input, context, executionId)
    : liveVoters(parts, input, context, input.swarmId, executionId));
  const decided: Decided[] = [];
  let agents: readonly AgentRow[];
  try {
    const views = (input.symbols ?? voters.symbols).map((symbol) => windowAt(symbol, input.asOf));
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
  const limits = limitsOf(input);
  const wishes = wishesOf(decided, input);
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

/** The five-role reference swarm in sandboxes of its own, gone afterwards. */
async function ownVoters(
  parts: Parts,
  input: DecideInput,
  context: OperationContext,
  executionId: string,
): Promise<Voters> {
  const rule = ruleFor({ mode: input.consensus ?? "majority", threshold: input.threshold }, referenceRule);
  refuseOverBudget(parts.settings, referenceSwarm.length, lifeSeconds);
  const store = await parts.store();
  const swarm = await openSwarm(parts, executionId, { context });
  const ids = new Set(swarm.agents.map((agent) => agent.sandboxId));
  return {
    symbols: ["AAPL"],
    agents: async () =>
      swarm.agents.map(({ agentId, role, sandboxId, template, memoryKey }) => {
        return { agentId, role, sandboxId, template, memoryKey };
      }),
    async vote(view) {
      const outcome = await swarm.round(view, { headlines: input.headlines ?? true, rule });
      if (rule.mode === "byzantine") await keepOutcome(store, view, outcome.decision);
      return outcome;
    },
    used: async () => parts.bill(ids),
    booked: async () => undefined,
    close: () => swarm.close(),
  };
}

async function liveVoters(
  parts: Parts,
  input: DecideInput,
  context: OperationContext,
  swarmId: string,
  executionId: string,
): Promise<Voters> {
  const isForeign = input.threshold !== undefined || (input.consensus ?? "majority") !== "majority";
  if (isForeign) {
    throw new SwarmError(
      "usage.invalid",
      "Cannot choose consensus or threshold: a live swarm decides by a Byzantine quorum of its agents",
      { hint: "Leave consensus and threshold out, or leave swarmId out", details: { field: "consensus" } },
    );
  }
  const swarm = await findSwarm(parts, swarmId);
  await refuseEnded(parts, swarm);
  const { posts } = await wishOf(swarm);
  const symbols = [...new Set(posts.flatMap((post) => post.symbols))];
  if (symbols.length === 0 && input.symbols === undefined) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot execute: no symbols were named, and swarm ${swarmId} has no agents that were`,
      {
        hint: "Name symbols, or deploy agents with theirs first",
        details: { field: "symbols", swarmId },
      },
    );
  }
  await ensureCoordinators(parts, swarm);
  const beganNs = parts.clock.monotonicNs();
  const asking = {
    headlines: input.headlines ?? true,
    withinMs: (input.decideWithinSeconds ?? 300) * 1_000,
    signal: context.signal,
  };
  return {
    symbols,
    agents: async () =>
      [...(await placesOf(swarm))].map(([agentId, { post, sandboxId }]) => {
        const template = templateFor(post.role);
        return { agentId, role: post.role, sandboxId, template, memoryKey: `places/${agentId}` };
      }),
    vote: (view) => voteLive(parts, swarm, view, asking),
    async used() {
      // Its agents live on: what this execution used of them is their time while it lasted.
      const ranNs = parts.clock.monotonicNs() - beganNs;
      return [...(await placesOf(swarm)).values()].map(({ sandboxId }) => ({ ...defaultSize, sandboxId, ranNs }));
    },
    booked: (execution) => keepExecution(swarm, executionId, execution),
    close: async () => undefined,
  };
}

/** Named by what was decided on, not by the round, so that a run of the same name asks for the same orders. */
function ordersOf(decided: Decided, booked: BookedDecision | undefined): readonly OrderToSend[] {
  const { symbol, asOf } = decided.view;
  return (booked?.orders ?? []).map(({ side, quantity }) => {
    return { decisionId: `${symbol}@${asOf}`, symbol, side, quantity, quoteMicroUsd: nextOpen(decided) };
  });
}
