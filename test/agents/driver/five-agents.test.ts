// The whole way of a decision: real AAPL prices, five agents in three templates of a real local server, the record on disk,
// real consensus.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { startAgent, type Agent } from "../../../src/agents/driver/start-agent.ts";
import { indexAsOf } from "../../../src/market/cut-tape.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { windowOf } from "../../../src/market/window.ts";
import { openSqliteStore } from "../../../src/memory/sqlite-store.ts";
import type { Sandboxes } from "../../../src/sandboxes/open-sandboxes.ts";
import { decideRound } from "../../../src/swarm/decide-round.ts";
import { planRound, type RoundPlan } from "../../../src/swarm/plan.ts";
import { referenceSwarm } from "../../../src/swarm/reference-swarm.ts";
import { runRound, type Agents } from "../../../src/swarm/run-round.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";

const bundlePath = join(import.meta.dirname, "../../../dist/programs/agent.mjs");
let folder = "";
let local: LocalTarget;
let sandboxes: Sandboxes;
let deployed: Agent[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "swarm-five-"));
  local = await localTarget();
  sandboxes = local.open();
  deployed = await Promise.all(
    referenceSwarm.map(async ({ agentId, role, template }) => {
      const { sandboxId } = await sandboxes.create({ template });
      const machine = { sandboxes, clock: realClock, random: systemRandom, log: silentLog, bundlePath };
      return startAgent(machine, { sandboxId, agentId, role });
    }),
  );
});
afterAll(async () => {
  await Promise.all(deployed.map((agent) => agent.stop()));
  await local.close();
  rmSync(folder, { recursive: true, force: true });
});

const agents: Agents = {
  ask: (agentId, task, timeoutMs) => {
    const agent = deployed.find((one) => one.agentId === agentId);
    return agent === undefined ? Promise.reject(new Error(agentId)) : agent.ask(task, { timeoutMs });
  },
};

function plan(round: string): RoundPlan {
  const members = referenceSwarm.map(({ agentId, role, memoryKey, weightPpm }) => {
    const publicKey = deployed.find((agent) => agent.agentId === agentId)?.publicKey ?? "";
    return { agentId, role, memoryKey, weightPpm, publicKey };
  });
  const rule = { quorum: { num: 2, den: 3 }, threshold: { num: 1, den: 2 }, deadbandPpm: 0 };
  const tape = loadTape("AAPL");
  const window = windowOf(tape, indexAsOf(tape, "2017-01-03"), 400);
  return planRound({ round, symbol: "AAPL", namespace: "test", rule, members, window, headlines: [] });
}

it("votes, records every proposal, and decides what anyone can decide again from the record", async () => {
  const store = await openSqliteStore({ path: join(folder, "record.db"), clock: realClock });
  const asked = plan("r1");
  const { decision, answers, silent } = await runRound({
    plan: asked,
    agents,
    store,
    clock: realClock,
    coordinatorId: "c",
  });
  expect(silent).toEqual([]);
  expect(answers.map(({ proposal, memoryKey }) => [proposal.role, memoryKey])).toEqual(
    referenceSwarm.map(({ role, memoryKey }) => [role, memoryKey]),
  );
  expect(decision.ballots).toHaveLength(5);
  expect(decision.rejected).toEqual([]);
  expect(new Set(deployed.map(({ publicKey }) => publicKey)).size).toBe(5);
  const coordinator = answers.at(-1)?.proposal;
  expect(coordinator?.figures).toMatchObject({ agentsConsulted: 4 });
  expect(answers[0]?.proposal.figures.price).toBe(116.150002);
  const entries = await store.list("test", "swarm/");
  expect(entries).toHaveLength(6);
  const again = decideRound(
    asked,
    answers.map(({ proposal, signature }) => ({ proposal, signature })),
  );
  expect(again).toEqual(decision);
  await store.close();
});

it("goes on without a killed agent, and trades nothing when too few are left", async () => {
  const store = await openSqliteStore({ path: join(folder, "second.db"), clock: realClock });
  const kill = async (agent: Agent | undefined): Promise<void> => {
    if (agent === undefined) throw new Error("an agent is there");
    await sandboxes.execute(agent.sandboxId, { command: `kill -9 ${agent.pid}` });
    await agent.ended;
  };
  const run = (round: string) => runRound({ plan: plan(round), agents, store, clock: realClock, coordinatorId: "c" });
  await kill(deployed[1]);
  const one = await run("r2");
  expect(one.silent).toEqual([{ agentId: "research-agent-2", code: "agent.exited" }]);
  expect(one.decision.votedWeightPpm).toBe(3_000_000);
  await Promise.all([kill(deployed[0]), sandboxes.terminate(deployed[2]?.sandboxId ?? "")]);
  const few = await run("r3");
  expect(few.silent.map(({ code }) => code)).toEqual(["agent.exited", "agent.exited", "agent.exited"]);
  expect(few.decision).toMatchObject({ action: "none", reason: "no-quorum", votedWeightPpm: 1_000_000 });
  expect(few.decisionVersion).toBe(2);
  await kill(deployed[4]);
  const last = await run("r4");
  expect(last.answers.map(({ proposal }) => proposal.role)).toEqual(["mean-reversion"]);
  expect(last.silent.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "agent.exited"));
  expect(last.decision).toMatchObject({ action: "none", reason: "no-quorum", votedWeightPpm: 1_000_000 });
  await store.close();
});
