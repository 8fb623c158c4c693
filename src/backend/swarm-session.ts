// The reference swarm as a session: five sandboxes, five agents, any number of rounds, one end. Whatever fails, nothing is
// left running; whatever ran is metered.
import type { ConsensusRule } from "../contracts/ballots.ts";
import type { OperationContext } from "../contracts/operation.ts";
import type { Agent } from "../agents/driver/start-agent.ts";
import { trackRecordOf } from "../consensus/reliability.ts";
import type { RecordStore } from "../contracts/record-store.ts";
import { makeId } from "../host/ids.ts";
import { decideRound } from "../swarm/decide-round.ts";
import { planRound } from "../swarm/plan.ts";
import { readEvictions } from "../swarm/record-decision.ts";
import { referenceSwarm, type ReferenceAgent } from "../swarm/reference-swarm.ts";
import { runRound, type RoundOutcome } from "../swarm/run-round.ts";
import { deployAgent } from "./agents.ts";
import { headlinesFor, type View } from "./market-view.ts";
import type { Parts } from "./parts.ts";
import { readTrackRecord } from "./track-record.ts";

/** Two thirds of the assigned weight must have voted, and two thirds must agree; weak conviction trades nothing. */
export const referenceRule: ConsensusRule = {
  quorum: { num: 2, den: 3 },
  threshold: { num: 2, den: 3 },
  deadbandPpm: 200_000,
};

export interface SessionAgent extends ReferenceAgent {
  readonly sandboxId: string;
}

export interface RoundChoices {
  readonly headlines?: boolean;
  readonly rule?: ConsensusRule;
}

export interface SwarmSession {
  readonly agents: readonly SessionAgent[];
  /** One round on one symbol, recorded under the session's namespace. `rule` defaults to the reference rule. */
  round(view: View, options?: RoundChoices): Promise<RoundOutcome>;
  /** Ends the agents and their sandboxes. Safe to call twice. */
  close(): Promise<void>;
}

/** Deploys the five roles, in parallel unless told otherwise. Throws what creating and starting throw, after cleaning up. */
export async function openSwarm(
  parts: Parts,
  namespace: string,
  options: { readonly parallel?: boolean; readonly context?: OperationContext } = {},
): Promise<SwarmSession> {
  const sandboxes = await parts.sandboxes();
  const opened: { row: ReferenceAgent; sandboxId: string; agent: Agent | null }[] = [];
  const deploy = async (row: ReferenceAgent): Promise<void> => {
    const { sandboxId } = await sandboxes.lease({ template: row.template, name: row.agentId });
    const place: (typeof opened)[number] = { row, sandboxId, agent: null };
    opened.push(place);
    place.agent = await deployAgent(parts, { sandboxId, role: row.role, agentId: row.agentId });
    options.context?.progress(`${row.agentId} answers from ${sandboxId}`);
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.allSettled(opened.flatMap(({ agent }) => (agent === null ? [] : [agent.stop()])));
    await Promise.all(opened.map(({ sandboxId }) => sandboxes.giveBack(sandboxId)));
  };
  const started =
    options.parallel === false ? await inTurn(deploy) : await Promise.allSettled(referenceSwarm.map(deploy));
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const agents = new Map(opened.flatMap(({ row, agent }) => (agent === null ? [] : [[row.agentId, agent] as const])));
  return {
    agents: referenceSwarm.map((row) => ({ ...row, sandboxId: agents.get(row.agentId)?.sandboxId ?? "" })),
    round: (view, { headlines = true, rule = referenceRule } = {}) =>
      playRound(parts, { namespace, agents, view, headlines, rule }),
    close: () => (closing ??= close()),
  };
}

async function inTurn(deploy: (row: ReferenceAgent) => Promise<void>): Promise<PromiseSettledResult<void>[]> {
  const results: PromiseSettledResult<void>[] = [];
  for (const row of referenceSwarm) {
    const [result] = await Promise.allSettled([deploy(row)]);
    results.push(result);
    if (result.status === "rejected") break;
  }
  return results;
}

export interface Round {
  readonly namespace: string;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly view: View;
  readonly headlines: boolean;
  readonly rule: ConsensusRule;
}

/** One round of the five members on one symbol. */
export async function playRound(parts: Parts, round: Round): Promise<RoundOutcome> {
  const { namespace, agents, view, headlines, rule } = round;
  const { clock } = parts;
  const store = await parts.store();
  const more = rule.mode === "byzantine" ? await electorateFor(store, namespace, view.asOf) : null;
  const plan = planRound({
    round: makeId("round", parts.random),
    symbol: view.symbol,
    namespace,
    rule,
    ...(more === null ? {} : { electorate: more.electorate }),
    window: view.window,
    headlines: headlines ? headlinesFor(view) : [],
    members: referenceSwarm.map(({ agentId, role, weightPpm, memoryKey }) => ({
      agentId,
      role,
      weightPpm,
      memoryKey,
      publicKey: agents.get(agentId)?.publicKey ?? "",
      // Every role is a model of its own; that three of them read the same prices is not a fault of theirs.
      ...(more === null ? {} : { domains: [`model:${role}`], calibrationPpm: more.calibrationPpm.get(agentId) ?? 0 }),
    })),
  });
  return runRound({
    plan,
    clock,
    store,
    coordinatorId: "coordinator",
    agents: {
      async ask(agentId, task, deadlineMs) {
        const agent = agents.get(agentId);
        if (agent === undefined) throw new Error(`Invariant broken: ${agentId} is a member of the session`);
        return agent.ask(task, { timeoutMs: deadlineMs });
      },
    },
    decide: decideRound,
  });
}

/** What a Byzantine vote on this day knows of its members: who lied in this swarm, and what the record says of the others. */
async function electorateFor(store: RecordStore, namespace: string, asOf: string) {
  const agentIds = referenceSwarm.map(({ agentId }) => agentId).sort();
  const track = trackRecordOf(agentIds, await readTrackRecord(store, asOf));
  const calibrationPpm = new Map(agentIds.map((id, at) => [id, track?.calibrationPpm[at] ?? 1_000_000]));
  const evictions = [...(await readEvictions(store, namespace))];
  if (track === null) return { calibrationPpm, electorate: { evictions } };
  const rhoPpm = track.rhoPpm.map((row) => [...row]);
  const history = { sha256: track.sha256, resolved: track.resolved };
  return { calibrationPpm, electorate: { evictions, rhoPpm, history } };
}
