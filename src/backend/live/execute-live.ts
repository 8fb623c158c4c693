// Putting a symbol to the vote of a live swarm: the question goes into its queue, its leader asks a panel, and the decision comes
// back with the signed answers it was made of. Below its quorum the swarm says so and trades nothing.
import { decide } from "../../consensus/decide.ts";
import { keptSeconds, type Execution, type Place } from "../../contracts/live-swarm.ts";
import { isRecord, type Json } from "../../contracts/json.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import type { SignedAnswer } from "../../swarm/round.ts";
import type { RoundOutcome } from "../../swarm/run-round.ts";
import { byzantineQuorum } from "../../swarm/votes/panels.ts";
import type { View } from "../market-view.ts";
import type { Parts } from "../parts.ts";
import { asJson, placesOf, type LiveSwarm } from "./live-swarm.ts";
import { untilOr } from "./until.ts";

export const executionsPrefix = "executions/";
const writer = "executeSwarmStrategy";

export interface Asking {
  readonly headlines: boolean;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** Throws `swarm.silent` when no decision came in time; the question stays in the queue and its decision in the record. */
export async function voteLive(parts: Parts, swarm: LiveSwarm, view: View, asking: Asking): Promise<RoundOutcome> {
  const { store, swarmId } = swarm;
  const taskId = makeId("vote", parts.random);
  const bars = view.window.t.length;
  const payload = { symbol: view.symbol, day: view.asOf, bars, vote: true, headlines: asking.headlines };
  const pushed = await store.queue(swarmId, "tasks").push([{ taskId, payload }], { writer });
  if (pushed.outcome === "full") {
    throw new SwarmError(
      "memory.conflict",
      `Cannot ask swarm ${swarmId}: ${pushed.open} tasks wait already, ${pushed.limit} may`,
      {
        hint: "Wait until it has worked some of them off",
        details: { swarmId },
      },
    );
  }
  const key = `results/${taskId}`;
  const isDecided = async (): Promise<boolean> => (await store.get(swarmId, key)) !== null;
  await untilOr(
    parts.clock,
    asking.withinMs,
    isDecided,
    asking.signal,
    () =>
      new SwarmError(
        "swarm.silent",
        `Cannot say what swarm ${swarmId} decided on ${view.symbol}: no answer within ${asking.withinMs} ms`,
        {
          hint: `Its answer will stand in the record under ${key}`,
          details: { swarmId, symbol: view.symbol },
        },
      ),
  );
  const entry = await store.get(swarmId, key);
  const voted = votedIn(entry?.value);
  if (voted === null) return noQuorum(view, taskId, await placesOf(swarm));
  const answers = voted.answers.map((answer) => ({
    ...answer,
    memoryKey: key,
    version: entry?.version ?? 1,
    bytes: 0,
  }));
  const heard = new Set(answers.map(({ proposal }) => proposal.agentId));
  return {
    decision: voted.decision,
    decisionVersion: entry?.version ?? 1,
    answers,
    silent: voted.decision.members.flatMap(({ agentId }) =>
      heard.has(agentId) ? [] : [{ agentId, code: "agent.timeout" }],
    ),
    testimony: null,
  };
}

/** What was executed, for the swarm's own figures. */
export async function keepExecution(swarm: LiveSwarm, executionId: string, execution: Execution): Promise<void> {
  const options = { writer, ttlSeconds: keptSeconds };
  await swarm.store.put(swarm.swarmId, executionsPrefix + executionId, asJson(execution), options);
}

function votedIn(
  value: Json | undefined,
): (Pick<RoundOutcome, "decision"> & { readonly answers: readonly SignedAnswer[] }) | null {
  if (!isRecord(value)) throw strange();
  if (value.outcome === "no-panel") return null;
  if (value.outcome !== "decided" || !Array.isArray(value.answers)) throw strange();
  const decision = parse("decision", value.decision, "memory.corrupt");
  const answers = value.answers.map((answer): SignedAnswer => {
    if (!isRecord(answer) || typeof answer.signature !== "string") throw strange();
    return { proposal: parse("proposal", answer.proposal, "memory.corrupt"), signature: answer.signature };
  });
  return { decision, answers };
}

function strange(): SwarmError {
  return new SwarmError("memory.corrupt", "Cannot read the swarm's decision: it is not what a leader writes", {
    hint: "Use a namespace of its own for each swarm",
  });
}

/** Too few belong to the swarm for any vote: everyone who is there is named, nobody was asked, nothing is traded. */
function noQuorum(view: View, round: string, places: ReadonlyMap<string, Place>): RoundOutcome {
  const members = [...places].map(([agentId, { publicKey, post }]) => ({
    agentId,
    role: post.role,
    weightPpm: 1_000_000,
    publicKey,
  }));
  const share = { num: byzantineQuorum(Math.max(members.length, 1)), den: Math.max(members.length, 1) };
  const rule = { quorum: share, threshold: share, deadbandPpm: 0 };
  const decision = decide(members, [], rule, { round, symbol: view.symbol, verify: () => false });
  return { decision, decisionVersion: 0, answers: [], silent: [], testimony: null };
}
