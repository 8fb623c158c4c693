// Who decides when a swarm is executed: five agents made for it and gone afterwards, or the agents of a live swarm.
import { ruleFor } from "../consensus/rules.ts";
import type { Execution } from "../contracts/live-swarm.ts";
import type { OperationContext } from "../contracts/operation.ts";
import type { DecideInput, DecideOutput } from "../contracts/operations/swarm.ts";
import type { MeterReading } from "../contracts/sandbox.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { referenceSwarm } from "../swarm/reference-swarm.ts";
import type { RoundOutcome } from "../swarm/run-round.ts";
import { templateFor } from "./agents.ts";
import { defaultSize, refuseOverBudget } from "./budget.ts";
import { ensureCoordinators } from "./live/coordinators.ts";
import { keepExecution, voteLive } from "./live/execute-live.ts";
import { findSwarm, placesOf, refuseEnded, wishOf, type LiveSwarm } from "./live/live-swarm.ts";
import type { View } from "./market-view.ts";
import type { Parts } from "./parts.ts";
import { openSwarm, referenceRule } from "./swarm-session.ts";
import { keepOutcome } from "./track-record.ts";

const lifeSeconds = 300;

export type AgentRow = DecideOutput["agents"][number];

/** Whoever votes: five agents made for it, or the agents of a live swarm. */
export interface Voters {
  readonly agents: () => Promise<readonly AgentRow[]>;
  readonly vote: (view: View) => Promise<RoundOutcome>;
  /** What they have used until now; asked once. */
  readonly used: () => Promise<readonly MeterReading[]>;
  readonly booked: (execution: Execution) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Question {
  readonly parts: Parts;
  readonly input: DecideInput;
  readonly context: OperationContext;
  readonly executionId: string;
}

/** `swarm`: the live one, null for five agents of its own. */
export function openVoters(question: Question, swarm: LiveSwarm | null): Promise<Voters> {
  return swarm === null ? ownVoters(question) : liveVoters(question, swarm);
}

/** Throws `budget.exceeded`. */
export function refuseOwnOverBudget({ settings }: Parts): void {
  refuseOverBudget(settings, referenceSwarm.length, lifeSeconds);
}

/** The five-role reference swarm in sandboxes of its own, gone afterwards. */
async function ownVoters({ parts, input, context, executionId }: Question): Promise<Voters> {
  const rule = ruleFor({ mode: input.consensus ?? "majority", threshold: input.threshold }, referenceRule);
  const store = await parts.store();
  const swarm = await openSwarm(parts, executionId, { context });
  const ids = new Set(swarm.agents.map((agent) => agent.sandboxId));
  return {
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

/** Throws `usage.invalid`, `swarm.not-found`, `swarm.ended`. */
export async function askableSwarm(parts: Parts, input: DecideInput, swarmId: string): Promise<LiveSwarm> {
  if (input.threshold !== undefined || (input.consensus ?? "majority") !== "majority") {
    throw new SwarmError(
      "usage.invalid",
      "Cannot choose consensus or threshold: a live swarm decides by a Byzantine quorum of its agents",
      { hint: "Leave consensus and threshold out, or leave swarmId out", details: { field: "consensus" } },
    );
  }
  const swarm = await findSwarm(parts, swarmId);
  await refuseEnded(parts, swarm);
  return swarm;
}

/** What its agents are there for. */
export async function symbolsOf(swarm: LiveSwarm): Promise<readonly string[]> {
  const { posts } = await wishOf(swarm);
  const symbols = [...new Set(posts.flatMap((post) => post.symbols))];
  if (symbols.length > 0) return symbols;
  throw new SwarmError(
    "usage.invalid",
    `Cannot execute: no symbols were named, and swarm ${swarm.swarmId} has no agents`,
    {
      hint: "Name symbols, or deploy agents with theirs first",
      details: { field: "symbols", swarmId: swarm.swarmId },
    },
  );
}

async function liveVoters({ parts, input, context, executionId }: Question, swarm: LiveSwarm): Promise<Voters> {
  await ensureCoordinators(parts, swarm);
  const beganNs = parts.clock.monotonicNs();
  const asking = {
    headlines: input.headlines ?? true,
    withinMs: (input.decideWithinSeconds ?? 300) * 1_000,
    signal: context.signal,
  };
  return {
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
