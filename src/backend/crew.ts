// A reference swarm put together one agent at a time, in sandboxes that somebody else makes and ends: for those who watch how
// long each step takes. Law: it is the same program, the same introduction and the same round as everywhere else.
import type { Agent } from "../agents/driver/start-agent.ts";
import type { SignedProposal } from "../agents/driver/session.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { makeId } from "../host/ids.ts";
import { referenceSwarm } from "../swarm/reference-swarm.ts";
import type { RoundOutcome } from "../swarm/run-round.ts";
import { deployAgent, taskFor } from "./agents.ts";
import { headlinesFor, type View } from "./market-view.ts";
import type { Parts } from "./parts.ts";
import { playRound, referenceRule } from "./swarm-session.ts";

export interface Crew {
  /** Starts the agent of this place in a sandbox; resolves when it has proven where it runs. Throws `agent.*`, `sandbox.*`. */
  join(agentId: string, sandboxId: string): Promise<void>;
  /** One question to one agent that joined, and its verified answer. Throws `agent.*`. */
  ask(agentId: string, view: View): Promise<SignedProposal>;
  /** One vote of all five. Throws `agent.not-found` while somebody is missing. */
  round(view: View): Promise<RoundOutcome>;
  /** Lets go of the agents; ended sandboxes have ended them already. Never throws. */
  close(): Promise<void>;
}

export function openCrew(parts: Parts, namespace: string): Crew {
  const agents = new Map<string, Agent>();
  const known = (agentId: string): Agent => {
    const agent = agents.get(agentId);
    if (agent !== undefined) return agent;
    throw new SwarmError("agent.not-found", `Cannot ask ${agentId}: it has not joined ${namespace}`);
  };
  return {
    async join(agentId, sandboxId) {
      const row = referenceSwarm.find((one) => one.agentId === agentId);
      if (row === undefined) throw new SwarmError("agent.not-found", `The reference swarm has no place ${agentId}`);
      agents.set(agentId, await deployAgent(parts, { sandboxId, role: row.role, agentId }));
    },
    async ask(agentId, view) {
      const agent = known(agentId);
      const headlines = agent.role === "sentiment" ? headlinesFor(view) : [];
      const question = { round: makeId("round", parts.random), agentId, symbol: view.symbol, window: view.window };
      return agent.ask(taskFor(agent.role, { ...question, headlines, params: {} }));
    },
    async round(view) {
      for (const { agentId } of referenceSwarm) known(agentId);
      return playRound(parts, { namespace, agents, view, headlines: true, rule: referenceRule });
    },
    close: async () => void (await Promise.allSettled([...agents.values()].map((agent) => agent.stop()))),
  };
}
