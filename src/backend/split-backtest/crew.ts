// The agents of a split backtest and the sandboxes they live in. An agent that fails once is never asked again; whatever
// happens, nothing is left running and all of it is metered.
import type { Agent } from "../../agents/driver/start-agent.ts";
import type { OperationContext } from "../../contracts/operation.ts";
import type { SwarmError } from "../../contracts/swarm-error.ts";
import { deployAgent } from "../agents.ts";
import { refuseOverBudget } from "../budget.ts";
import type { Parts } from "../parts.ts";
import { keepAlive, lifeSeconds } from "./keep-alive.ts";

export type Worker = Pick<Agent, "agentId" | "sandboxId" | "show" | "teach" | "decide" | "kill">;

export interface Crew {
  /** Those that can be asked. */
  living(): readonly Worker[];
  /** Ends an agent that failed. */
  drop(worker: Worker, reason: SwarmError): Promise<void>;
  /** Agents that were dropped. */
  dropped(): number;
}

export interface OpenedCrew {
  readonly crew: Crew;
  readonly sandboxIds: readonly string[];
  /** Ends agents and sandboxes. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/** Pure bookkeeping over workers that are there. */
export function crewOf(workers: readonly Worker[], note: (sentence: string) => void): Crew {
  const living = new Set(workers);
  return {
    living: () => [...living],
    dropped: () => workers.length - living.size,
    async drop(worker, reason) {
      if (!living.delete(worker)) return;
      note(`${worker.agentId} is out: ${reason.message}`);
      // What cannot be killed any more is gone with its sandbox.
      await worker.kill().catch(() => undefined);
    },
  };
}

/** Starts `count` agents, each in a sandbox of its own. Throws what creating and starting throw, after cleaning up. */
export async function openCrew(parts: Parts, count: number, context: OperationContext): Promise<OpenedCrew> {
  const afford = (seconds: number): void => refuseOverBudget(parts.settings, count, seconds);
  afford(lifeSeconds);
  const sandboxes = await parts.sandboxes();
  const sandboxIds: string[] = [];
  const workers: Agent[] = [];
  const deploy = async (place: number): Promise<void> => {
    const agentId = `backtest-agent-${place + 1}`;
    const { sandboxId } = await sandboxes.lease({ template: "node", name: agentId, timeoutSeconds: lifeSeconds });
    sandboxIds.push(sandboxId);
    // A role is an opinion's; parts are decided alike by every role.
    workers[place] = await deployAgent(parts, { sandboxId, role: "market-research", agentId });
    context.progress(`${agentId} answers from ${sandboxId}`);
  };
  let closing: Promise<void> | undefined;
  let crew: Crew | undefined;
  const note = (sentence: string): void => context.progress(sentence);
  const living = (): readonly string[] => crew?.living().map(({ sandboxId }) => sandboxId) ?? sandboxIds;
  const stopExtending = keepAlive({ clock: parts.clock, sandboxes, living, afford, note });
  const close = async (): Promise<void> => {
    stopExtending();
    await Promise.allSettled(workers.map((agent) => agent.stop()));
    await Promise.all(sandboxIds.map((sandboxId) => sandboxes.giveBack(sandboxId)));
  };
  const started = await Promise.allSettled(Array.from({ length: count }, (_, place) => deploy(place)));
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  crew = crewOf(workers, note);
  return {
    crew,
    sandboxIds,
    close: () => (closing ??= close()),
  };
}
