// The runtime of a round: performs what the step asks for, through interfaces, and feeds what happened back in. It decides
// nothing itself.
import type { Decision } from "../contracts/ballots.ts";
import { isRecord } from "../contracts/json.ts";
import { check } from "../contracts/parse.ts";
import type { Proposal, Task } from "../contracts/frames.ts";
import { invariant, unreachable } from "../contracts/invariant.ts";
import type { RecordStore } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Cancel, Clock } from "../host/clock.ts";
import { decideRound } from "./decide-round.ts";
import type { RoundPlan } from "./plan.ts";
import { asJson, contradicted, recordDecision } from "./record-decision.ts";
import { decisionKey } from "./reference-swarm.ts";
import {
  durableAnswers,
  stepRound,
  type Decide,
  type RoundEffect,
  type RoundEvent,
  type RoundState,
  type SignedAnswer,
  type Testimony,
} from "./round.ts";

/** Who answers: the driver live, a function in a backtest. */
export interface Agents {
  /** A verified answer, or SwarmError (`agent.*`). */
  ask(agentId: string, task: Task, deadlineMs: number): Promise<SignedAnswer>;
}

export interface RoundOptions {
  readonly plan: RoundPlan;
  readonly agents: Agents;
  readonly store: RecordStore;
  readonly clock: Clock;
  /** Default `decideRound`. */
  readonly decide?: Decide;
  /** Who writes the decision; part of the record. */
  readonly coordinatorId: string;
}

export interface RoundOutcome {
  readonly decision: Decision;
  /** Version of the decision's entry. */
  readonly decisionVersion: number;
  readonly answers: readonly (SignedAnswer & {
    readonly memoryKey: string;
    readonly version: number;
    readonly bytes: number;
  })[];
  readonly silent: readonly { readonly agentId: string; readonly code: string }[];
  /** Certificate and proofs of a Byzantine round; null in the other modes. */
  readonly testimony: Testimony | null;
}

/** Begin, five events per member and two deadlines are more than any round needs. */
const maxEventsPerMember = 8;

/**
 * Runs one round to its recorded decision. Throws `memory.conflict` when another coordinator decided another round
 * meanwhile; a decision of this very round that is already recorded is adopted.
 */
export async function runRound(options: RoundOptions): Promise<RoundOutcome> {
  const { plan, decide = decideRound, store } = options;
  const known = await store.get(plan.namespace, decisionKey);
  const queue = openQueue();
  let state: RoundState = { phase: "planned" };
  const cancels: Cancel[] = [];
  queue.push({ kind: "begin" });
  try {
    const limit = 10 + plan.assignments.length * maxEventsPerMember;
    for (let events = 0; state.phase !== "done"; events++) {
      invariant(events < limit, `a round ends within ${limit} events`);
      const next = stepRound(plan, decide, state, await queue.next());
      state = next.state;
      for (const effect of next.effects)
        perform(options, effect, { queue, cancels, knownVersion: known?.version ?? 0, state });
    }
    return outcomeOf(plan, state);
  } finally {
    for (const cancel of cancels) cancel();
  }
}

interface Running {
  readonly queue: Queue;
  readonly cancels: Cancel[];
  readonly knownVersion: number;
  readonly state: RoundState;
}

function perform(options: RoundOptions, effect: RoundEffect, running: Running): void {
  const { agents, clock } = options;
  const { queue, cancels } = running;
  switch (effect.kind) {
    case "ask": {
      const { member, task } = effect.assignment;
      return report(queue, member.agentId, async () => {
        const answer = await agents.ask(member.agentId, task, effect.withinMs);
        return { kind: "answered", agentId: member.agentId, answer };
      });
    }
    case "ask-coordinator": {
      const { member, task } = effect.assignment;
      return report(queue, member.agentId, async () => {
        const peers = await readPeers(options, effect.peerKeys);
        const answer = await agents.ask(member.agentId, { ...task, peers: [...peers] }, effect.withinMs);
        return { kind: "answered", agentId: member.agentId, answer };
      });
    }
    case "deadline":
      cancels.push(clock.after(effect.afterMs, () => queue.push({ kind: "deadline", of: effect.of })));
      return;
    case "record": {
      const { agentId } = effect.assignment.member;
      return report(queue, agentId, async () => {
        const value = asJson({ round: options.plan.round, ...effect.answer });
        const key = effect.assignment.memoryKey;
        const earlier = await contradicted(options, key, effect.answer);
        const { version, bytes } = await options.store.put(options.plan.namespace, key, value, { writer: agentId });
        return { kind: "recorded", agentId, version, bytes, ...(earlier === null ? {} : { earlier }) };
      });
    }
    case "record-decision":
      queue.pushLater(recordRound(options, effect.decision, running));
      return;
    default:
      return unreachable(effect);
  }
}

/** Turns what happened into an event; a fault makes the member silent, with its code. */
function report(queue: Queue, agentId: string, act: () => Promise<RoundEvent>): void {
  const failed = (thrown: unknown): RoundEvent => ({ kind: "failed", agentId, code: SwarmError.from(thrown).code });
  queue.pushLater(act().catch(failed));
}

/** The coordinator sees what the record holds, not what our memory of the round holds. */
async function readPeers({ plan, store }: RoundOptions, keys: readonly string[]): Promise<readonly Proposal[]> {
  const entries = await Promise.all(keys.map((key) => store.get(plan.namespace, key)));
  return entries.map((entry) => {
    const parsed = check("proposal", isRecord(entry?.value) ? entry.value.proposal : null);
    if (parsed.ok && parsed.value.round === plan.round) return parsed.value;
    throw new SwarmError("memory.conflict", `The record no longer holds a proposal of round ${plan.round}`, {
      hint: "Run one round at a time in a namespace",
      details: { key: entry?.key ?? null },
    });
  });
}

async function recordRound(options: RoundOptions, decision: Decision, running: Running): Promise<RoundEvent> {
  const { state, knownVersion } = running;
  const answers = "standings" in state ? durableAnswers(options.plan, state.standings) : [];
  const recorded = await recordDecision({ ...options, knownVersion }, decision, answers);
  return { kind: "decision-recorded", ...recorded };
}

function recordedAnswers(plan: RoundPlan, standings: Extract<RoundState, { phase: "done" }>["standings"]) {
  return plan.assignments.flatMap(({ member, memoryKey }) => {
    const standing = standings[member.agentId];
    return standing?.kind === "recorded" ? [{ ...standing, memoryKey }] : [];
  });
}

function outcomeOf(plan: RoundPlan, state: Extract<RoundState, { phase: "done" }>): RoundOutcome {
  const answers = recordedAnswers(plan, state.standings).map(({ answer, memoryKey, version, bytes }) => ({
    ...answer,
    memoryKey,
    version,
    bytes,
  }));
  const silent = plan.assignments.flatMap(({ member: { agentId } }) => {
    const standing = state.standings[agentId];
    return standing?.kind === "silent" ? [{ agentId, code: standing.code }] : [];
  });
  const { decision, version, testimony } = state;
  return { decision, decisionVersion: version, answers, silent, testimony };
}

interface Queue {
  push(event: RoundEvent): void;
  /** The event when it comes; a rejection ends the round. */
  pushLater(event: Promise<RoundEvent>): void;
  next(): Promise<RoundEvent>;
}

function openQueue(): Queue {
  const events: Promise<RoundEvent>[] = [];
  let wake: () => void = () => undefined;
  const add = (event: Promise<RoundEvent>): void => {
    // Looked at when its turn comes; until then a rejection is not unhandled.
    event.catch(() => undefined);
    events.push(event);
    wake();
  };
  return {
    push: (event) => add(Promise.resolve(event)),
    pushLater: (event) => {
      const settled = event.finally(() => add(event));
      settled.catch(() => undefined);
    },
    async next() {
      for (;;) {
        const first = events.shift();
        if (first !== undefined) return first;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
