// A live swarm from its first call to its last, over real sandboxes and coordinators of their own: deployed into, asked, scaled,
// its leader killed, ended. Nothing of it stays behind. Needs bubblewrap; without it every test says so and is skipped.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { OpenedBackend, OperationOutput } from "../../../src/backend/backend.ts";
import type { OperationName } from "../../../src/backend/operations/table.ts";
import { openBackend } from "../../../src/backend/compose.ts";
import { isSignedBy } from "../../../src/swarm/decide-round.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";

const folders = (process.env.PATH ?? "").split(delimiter);
const missing = folders.some((folder) => existsSync(join(folder, "bwrap"))) ? null : "bubblewrap is not installed";
const folder = mkdtempSync(join(tmpdir(), "swarm-live-"));
let local: LocalTarget | undefined;
let opened: OpenedBackend | undefined;
const swarms: string[] = [];

beforeAll(async () => {
  if (missing !== null) return;
  local = await localTarget();
  opened = await openBackend({ folder, target: "local" }, local.env);
}, 60_000);
afterEach(async () => {
  for (const swarmId of swarms.splice(0)) {
    await opened?.call("shutdownSwarm", { swarmId, force: true }).catch(() => undefined);
  }
});
afterAll(async () => {
  await opened?.close();
  await local?.close();
  rmSync(folder, { recursive: true, force: true });
});

const backend = (): OpenedBackend => {
  if (opened === undefined) throw new Error("the server is up");
  return opened;
};

async function init(input: object): Promise<string> {
  const { swarmId } = await backend().call("initE2bSwarm", { topology: "star", timeoutSeconds: 300, ...input });
  swarms.push(swarmId);
  return swarmId;
}

const deploy = (swarmId: string, agentType: string): Promise<OperationOutput<"deployTradingAgent">> =>
  backend().call("deployTradingAgent", { swarmId, agentType, symbols: ["AAPL"] });

/** Pids of the coordinators of a swarm. */
function coordinators(swarmId: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return words.includes("coordinator-main.js") && words.includes(swarmId) ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}

it("is deployed into, asked, scaled, and ended with all its things", { timeout: 180_000 }, async (test) => {
  if (missing !== null) test.skip(missing);
  const swarmId = await init({ maxAgents: 5 });
  expect(coordinators(swarmId)).toHaveLength(2);
  const deployed = await Promise.all(
    ["momentum", "mean-reversion", "market-research", "sentiment"].map((type) => deploy(swarmId, type)),
  );
  expect(deployed.map(({ agent }) => agent.agentType)).toEqual([
    "momentum",
    "mean-reversion",
    "market-research",
    "sentiment",
  ]);
  expect(new Set(deployed.map(({ agent }) => agent.sandboxId)).size).toBe(4);
  expect(await backend().call("getSwarmStatus", { swarmId })).toMatchObject({
    status: "active",
    agentCount: 4,
    activeAgents: 4,
    wantedAgents: 4,
    totalTrades: 0,
  });
  const asked = await backend().call("executeSwarmStrategy", { swarmId, asOf: "2015-05-01", broker: "loopback" });
  const [decided] = asked.decisions;
  expect(decided).toMatchObject({ symbol: "AAPL", asOf: "2015-05-01", decision: { symbol: "AAPL" } });
  const keys = new Map(decided?.decision.members.map(({ agentId, publicKey }) => [agentId, publicKey]));
  expect(decided?.answers.length).toBeGreaterThanOrEqual(3);
  for (const answer of decided?.answers ?? []) {
    expect(isSignedBy(answer, keys.get(answer.proposal.agentId) ?? "")).toBe(true);
  }
  expect(await backend().call("listE2bSwarms", {})).toMatchObject({
    swarms: [{ swarmId, status: "active", activeAgents: 4, wantedAgents: 4 }],
    total: 1,
  });
  const scaled = await backend().call("scaleSwarm", { swarmId, targetAgents: 5 });
  expect(scaled).toMatchObject({ previousAgents: 4, currentAgents: 5, status: "completed" });
  await expect(deploy(swarmId, "momentum")).rejects.toMatchObject({ code: "swarm.full" });
  const { agents } = await backend().call("listSwarmAgents", { swarmId });
  const [first, second, third] = agents.map(({ agentId }) => agentId);
  const restarted = await backend().call("restartSwarmAgent", { swarmId, agentId: first });
  expect(restarted.agent.sandboxId).toBe(agents[0]?.sandboxId);
  await backend().call("stopSwarmAgent", { swarmId, agentId: second });
  await backend().call("stopSwarmAgent", { swarmId, agentId: third, force: true });
  await expect(backend().call("getAgentStatus", { swarmId, agentId: second })).rejects.toMatchObject({
    code: "agent.not-found",
  });
  expect(await backend().call("getSwarmMetrics", { swarmId })).toMatchObject({ votes: 1, latencyMs: { count: 1 } });
  expect(await backend().call("rebalanceSwarm", { swarmId, threshold: 0 })).toMatchObject({
    status: "balanced",
    moved: [],
    total: 0,
    before: [0, 0, 0].map((openTasks) => ({ openTasks, load: 0 })),
  });
  expect(await backend().call("getSwarmPerformance", { swarmId, timeRange: "1h" })).toMatchObject({
    trading: { executions: 1, decisions: 1 },
    work: { votes: 1, tasksDead: 0 },
    cost: { provenance: "modelled", priceList: "e2b-list" },
    agents: [{ failedTasks: 0 }, { failedTasks: 0 }, { failedTasks: 0 }],
  });
  const ended = await backend().call("shutdownSwarm", { swarmId });
  expect(ended).toMatchObject({ status: "stopped", agentsStopped: 3, finalMetrics: { tasksDone: 1 } });
  expect(coordinators(swarmId)).toEqual([]);
  const { sandboxes } = await backend().call("listE2bSandboxes", { status: "running" });
  expect(sandboxes.filter(({ name }) => name.startsWith(swarmId))).toEqual([]);
  await expect(deploy(swarmId, "momentum")).rejects.toMatchObject({ code: "swarm.ended" });
});

it(
  "outlives its coordinators: a call that finds them dead brings others, and agents run on",
  { timeout: 120_000 },
  async (test) => {
    if (missing !== null) test.skip(missing);
    const swarmId = await init({ maxAgents: 3 });
    await Promise.all([deploy(swarmId, "momentum"), deploy(swarmId, "momentum"), deploy(swarmId, "mean-reversion")]);
    const before = await backend().call("listSwarmAgents", { swarmId });
    for (const pid of coordinators(swarmId)) process.kill(pid, "SIGKILL");
    const asked = await backend().call("executeSwarmStrategy", { swarmId, asOf: "2015-05-01" });
    expect(asked.decisions[0]?.answers).toHaveLength(3);
    expect(coordinators(swarmId)).toHaveLength(2);
    const after = await backend().call("listSwarmAgents", { swarmId });
    expect(after.agents.map(({ sandboxId }) => sandboxId).toSorted()).toEqual(
      before.agents.map(({ sandboxId }) => sandboxId).toSorted(),
    );
    // Nobody leads it any more: somebody has to come to let its agents go.
    for (const pid of coordinators(swarmId)) process.kill(pid, "SIGKILL");
    const forgotten = await backend().call("shutdownSwarm", { swarmId, saveState: false });
    expect(forgotten.stateSaved).toBe(false);
    const { swarms: listed } = await backend().call("listE2bSwarms", {});
    expect(listed.map((one) => one.swarmId)).not.toContain(swarmId);
    await expect(backend().call("getSwarmStatus", { swarmId })).rejects.toMatchObject({ code: "swarm.not-found" });
  },
);

it("says below its quorum that it has none, and trades nothing", { timeout: 60_000 }, async (test) => {
  if (missing !== null) test.skip(missing);
  const swarmId = await init({ maxAgents: 3, coordinators: 1 });
  await deploy(swarmId, "momentum");
  const asked = await backend().call("executeSwarmStrategy", { swarmId, asOf: "2015-05-01" });
  expect(asked.decisions[0]).toMatchObject({
    decision: { action: "none", reason: "no-quorum" },
    orders: [],
    fill: null,
  });
});

it("ends by itself when its time is over, and refuses what it cannot do", { timeout: 120_000 }, async (test) => {
  if (missing !== null) test.skip(missing);
  const swarmId = await init({ maxAgents: 2, coordinators: 1, timeoutSeconds: 10 });
  await deploy(swarmId, "risk_manager");
  const { call }: { call: (name: OperationName, input: object) => Promise<unknown> } = {
    call: (name, input) => backend().call(name, input),
  };
  const unheard = { swarmId, consensus: "unanimous" };
  await expect(call("executeSwarmStrategy", unheard)).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(deploy(swarmId, "astrologer")).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(deploy(swarmId, "pairs")).rejects.toMatchObject({
    code: "usage.invalid",
    details: { field: "symbols" },
  });
  await expect(call("scaleSwarm", { swarmId, targetAgents: 3 })).rejects.toMatchObject({ code: "swarm.full" });
  const lossy = { swarmId, targetAgents: 1, preserveState: false };
  await expect(call("scaleSwarm", lossy)).rejects.toMatchObject({ code: "sandbox.unsupported" });
  await expect(call("getSwarmStatus", { swarmId: `swarm_${"0".repeat(16)}` })).rejects.toMatchObject({
    code: "swarm.not-found",
  });
  await expect.poll(() => coordinators(swarmId), { timeout: 40_000, interval: 200 }).toEqual([]);
  // It has lived as long as it was meant to, however long ago that was.
  expect(await call("getSwarmStatus", { swarmId })).toMatchObject({
    status: "stopped",
    agentCount: 0,
    uptimeSeconds: 10,
  });
});
