// Starting agents: which templates they live in, where their program is, and that a failed start leaves nothing behind.
import type { Headline, MarketWindow, Role, Task } from "../contracts/frames.ts";
import type { Agent, AgentDriverOptions } from "../agents/driver/start-agent.ts";
import { makeId } from "../host/ids.ts";
import { referenceSwarm } from "../swarm/reference-swarm.ts";
import type { Parts } from "./parts.ts";
import { programPath } from "./paths.ts";

/** The template the reference swarm gives a role. */
export function templateFor(role: Role): string {
  return referenceSwarm.find((row) => row.role === role)?.template ?? "node";
}

/** Starts an agent program in a sandbox that is already there. */
export async function deployAgent(
  parts: Parts,
  request: { readonly sandboxId: string; readonly role: Role; readonly agentId?: string },
): Promise<Agent> {
  const { startAgent } = await import("../agents/driver/start-agent.ts");
  const { clock, random, log } = parts;
  const agentId = request.agentId ?? makeId("agent", random);
  const options: AgentDriverOptions = {
    sandboxes: await parts.sandboxes(),
    clock,
    random,
    log,
    bundlePath: programPath("agent"),
  };
  return startAgent(options, { sandboxId: request.sandboxId, role: request.role, agentId });
}

/**
 * One question to one role. Only sentiment sees headlines, only pairs a partner; a coordinator asked alone has no peers and
 * abstains.
 */
export function taskFor(
  role: Role,
  question: {
    readonly round: string;
    readonly agentId: string;
    readonly symbol: string;
    readonly window: MarketWindow;
    readonly partner?: MarketWindow | null;
    readonly headlines: readonly Headline[];
    readonly params: Readonly<Record<string, number>>;
  },
): Task {
  const { round, agentId, symbol, window, partner = null, headlines, params } = question;
  return {
    kind: "task",
    taskId: `${round}/${agentId}/${symbol}`,
    round,
    symbol,
    strategy: role,
    params: { ...params },
    window: role === "coordinator" ? null : window,
    ...(role === "pairs" && partner !== null ? { partner } : {}),
    headlines: role === "sentiment" ? [...headlines] : [],
    peers: [],
  };
}
