// One agent as its coordinator holds it: what it is told now, where it lives, what speaks for it. Sandboxes are made, kept
// alive and ended here, whoever asks.
import type { Json } from "../../contracts/json.ts";
import type { Place, Post } from "../../contracts/live-swarm.ts";
import type { Task } from "../../contracts/frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Agent, AdoptRequest, AgentRequest } from "../../agents/driver/start-agent.ts";
import type { Sandboxes } from "../../sandboxes/open-sandboxes.ts";
import type { BodyReports } from "../../swarm/runtime/bodies.ts";
import { templateFor } from "../agents.ts";
import type { Asked } from "./work.ts";

export interface AgentBodiesOptions {
  readonly sandboxes: Sandboxes;
  readonly clock: Clock;
  readonly log: Log;
  /** Names of this swarm's sandboxes start so; those of another swarm are left alone. */
  readonly swarm: string;
  /** Life of a sandbox beyond the last sign of a leader: it is extended three times in this time. */
  readonly lifeSeconds: number;
  readonly startAgent: (request: AgentRequest) => Promise<Agent>;
  readonly adoptAgent: (request: AdoptRequest) => Promise<Agent>;
  readonly taskOf: (payload: Json, asked: Asked) => Task;
}

export interface Body {
  /** Counts orders; what an older one still brings is unwanted. */
  turn: number;
  sandboxId: string | null;
  agent: Agent | null;
  heardNs: bigint;
  /** What it is there for; null before its first order. */
  post: Post | null;
}

export interface Order {
  readonly agentId: string;
  readonly body: Body;
  readonly isCurrent: () => boolean;
}

export interface Crew {
  readonly options: AgentBodiesOptions;
  readonly reports: BodyReports;
  readonly bodies: Map<string, Body>;
  /** Ends and beginnings under way: one that is not wanted any more ends what it made. */
  readonly ending: Set<Promise<unknown>>;
  isOver: boolean;
}

export function awaitEnd({ ending }: Crew, end: Promise<unknown>): void {
  ending.add(end);
  void end.finally(() => ending.delete(end));
}

export function bodyOf({ bodies }: Crew, agentId: string): Body {
  const known = bodies.get(agentId);
  if (known !== undefined) return known;
  const body: Body = { turn: 0, sandboxId: null, agent: null, heardNs: 0n, post: null };
  bodies.set(agentId, body);
  return body;
}

export async function newSandbox(crew: Crew, { agentId, body, isCurrent }: Order): Promise<string> {
  const { sandboxes, swarm, lifeSeconds } = crew.options;
  if (body.post === null) throw homeless(agentId);
  // Kept: it outlives this process, and the next coordinator finds it in the record or sweeps it away by its name.
  const wanted = {
    template: templateFor(body.post.role),
    name: `${swarm}/${agentId}`,
    keep: true,
    timeoutSeconds: lifeSeconds,
  };
  const { sandboxId } = await sandboxes.create(wanted);
  if (isCurrent()) body.sandboxId = sandboxId;
  else await endSandbox(crew, sandboxId);
  return sandboxId;
}

/** All coordinators dead: nothing extends any more, and what they left ends by itself. */
export async function extendAll(crew: Crew): Promise<void> {
  const living = [...crew.bodies.values()].flatMap(({ sandboxId }) => sandboxId ?? []);
  await Promise.all(living.map((sandboxId) => extend(crew, sandboxId)));
}

export async function extend({ options }: Crew, sandboxId: string): Promise<void> {
  const { sandboxes, lifeSeconds, log } = options;
  try {
    await sandboxes.extend(sandboxId, lifeSeconds);
  } catch (thrown) {
    // When it is gone its agent's end says so; when the target allows no longer life it is replaced at its end.
    log.write("warn", "sandbox not extended", { sandboxId, reason: SwarmError.from(thrown).code });
  }
}

export async function letDie(body: Body): Promise<void> {
  const { agent } = body;
  body.agent = null;
  await agent?.kill().catch(() => undefined);
}

/** Ends the program and its sandbox. */
export async function leave(crew: Crew, body: Body): Promise<void> {
  const { sandboxId } = body;
  body.sandboxId = null;
  // The program ends with its sandbox; its own end would only be waited for.
  void letDie(body);
  if (sandboxId !== null) await endSandbox(crew, sandboxId);
}

async function endSandbox({ options }: Crew, sandboxId: string): Promise<void> {
  try {
    await options.sandboxes.terminate(sandboxId);
  } catch (thrown) {
    // It ends at its deadline at the latest, and the next leader sweeps.
    options.log.write("warn", "sandbox not ended", { sandboxId, reason: SwarmError.from(thrown).code });
  }
}

export async function sweep(crew: Crew, known: readonly Place[]): Promise<void> {
  const { sandboxes, swarm, log } = crew.options;
  const named = new Set(known.map(({ sandboxId }) => sandboxId));
  try {
    for (const { sandboxId, name } of await sandboxes.list()) {
      if (name.startsWith(`${swarm}/`) && !named.has(sandboxId)) void endSandbox(crew, sandboxId);
    }
  } catch (thrown) {
    log.write("warn", "strays not looked for", { reason: SwarmError.from(thrown).code });
  }
}

export function homeless(agentId: string): SwarmError {
  return new SwarmError("sandbox.gone", `Agent ${agentId} has no sandbox any more`, {
    hint: "It is given another one",
  });
}

/** Reports outside the step that gave the order. */
export function later({ reports }: Crew, event: Parameters<BodyReports["happened"]>[0]): void {
  queueMicrotask(() => reports.happened(event));
}
