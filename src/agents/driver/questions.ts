// What was asked of an agent and not answered yet: bounded in number and in time, failed together when the agent fails.
import type { FrameFromAgent, Task } from "../../contracts/frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Cancel, Clock } from "../../host/clock.ts";
import { maxOpenTasks } from "./limits.ts";
import type { AskedPart } from "./part-check.ts";

/** What an answer is checked against. */
export type Asked = { readonly kind: "task"; readonly task: Task } | ({ readonly kind: "part" } & AskedPart);

export interface Questions {
  /** Waits for the frame that answers `name`. */
  wait(name: string, withinMs: number, asked: Asked | null): Promise<FrameFromAgent>;
  settle(name: string, outcome: FrameFromAgent | SwarmError): void;
  /** What was asked under this name, while it is open. */
  askedAs(name: string): Asked | null;
  /** True when this was asked lately: an answer after its deadline is late, not a lie. */
  wasAsked(name: string): boolean;
  /** Fails everything open and everything asked later. Only the first reason counts. */
  fail(reason: SwarmError): void;
  hasFailed(): boolean;
}

interface Open {
  readonly resolve: (frame: FrameFromAgent) => void;
  readonly reject: (reason: SwarmError) => void;
  readonly cancel: Cancel;
  readonly about: Asked | null;
}

export function openQuestions(clock: Clock, agentId: string): Questions {
  const open = new Map<string, Open>();
  const asked = new Set<string>();
  let failed: SwarmError | null = null;
  const settle = (name: string, outcome: FrameFromAgent | SwarmError): void => {
    const waiting = open.get(name);
    if (waiting === undefined) return;
    open.delete(name);
    waiting.cancel();
    if (outcome instanceof SwarmError) waiting.reject(outcome);
    else waiting.resolve(outcome);
  };
  return {
    wait: (name, withinMs, about) =>
      new Promise((resolve, reject) => {
        if (failed !== null) return reject(failed);
        if (open.size >= maxOpenTasks) return reject(tooMany(agentId));
        if (asked.has(name)) return reject(repeated(agentId, name));
        remember(asked, name);
        const cancel = clock.after(withinMs, () => settle(name, late(agentId, withinMs)));
        open.set(name, { resolve, reject, cancel, about });
      }),
    settle,
    askedAs: (name) => open.get(name)?.about ?? null,
    wasAsked: (name) => asked.has(name),
    fail(reason) {
      if (failed !== null) return;
      failed = reason;
      for (const name of open.keys()) settle(name, reason);
    },
    hasFailed: () => failed !== null,
  };
}

function remember(asked: Set<string>, name: string): void {
  const oldest = asked.size >= maxOpenTasks * 16 ? asked.values().next().value : undefined;
  if (oldest !== undefined) asked.delete(oldest);
  asked.add(name);
}

function late(agentId: string, withinMs: number): SwarmError {
  return new SwarmError("agent.timeout", `Agent ${agentId} did not answer within ${withinMs} ms`, {
    hint: "Allow more time, or deploy the agent again",
    details: { agentId, withinMs },
  });
}

function tooMany(agentId: string): SwarmError {
  return new SwarmError("agent.timeout", `Agent ${agentId} already has ${maxOpenTasks} of ${maxOpenTasks} open tasks`, {
    hint: "Await earlier answers first",
    details: { agentId },
  });
}

function repeated(agentId: string, name: string): SwarmError {
  return new SwarmError("usage.invalid", `Agent ${agentId} was asked ${name} before`, {
    hint: "Give every task its own taskId",
    details: { agentId },
  });
}
