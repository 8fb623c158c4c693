// Recovery of a live swarm: the sandbox of one agent is ended at the target behind the swarm's back; the time counts until the
// swarm has as many serving agents as before, none of them in the sandbox that is gone. Every fault says how far it came.
import type { OpenedBackend } from "../src/backend/backend.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import type { Clock } from "../src/host/clock.ts";
import { openGauge } from "./gauges.ts";
import { measure, now } from "./schedule.ts";
import type { BenchCase, Setting } from "./setting.ts";

const agents = 3;
const healWithinMs = 30_000;
const lookEveryMs = 20;
const metric = "bench.swarm.recovery";

export async function openRecoveries(setting: Setting): Promise<BenchCase> {
  const { bench, backend } = setting;
  const gauge = openGauge(setting.context, setting.shard, metric);
  const swarmId = await startSwarm(backend);
  let i = 0;
  return {
    name: "recovery of a killed agent",
    iterations: setting.planned(metric),
    moreAtOnce: 5,
    series: [gauge.series],
    async close() {
      gauge.recorder.close();
      await backend.call("shutdownSwarm", { swarmId, force: true });
    },
    async next() {
      const serving = await servingIn(backend, swarmId);
      const victim = serving[i % serving.length];
      if (victim === undefined) throw new SwarmError("swarm.silent", `No agent of ${swarmId} serves`);
      const fault = { fault: "sandbox killed", number: i, sandboxId: victim };
      const note = (stage: string): void =>
        bench.events.append({ k: "note", what: "fault", data: { ...fault, stage } });
      note("planned");
      const healed = await measure(bench, {
        ...gauge,
        sch: now(bench),
        ph: "measure",
        cl: `fault-${i}`,
        subject: "target",
        operation: async () => {
          note("attempted");
          await backend.call("terminateE2bSandbox", { sandboxId: victim, force: true });
          note("observed");
          await untilServing(bench.clock, backend, { swarmId, without: victim });
        },
      });
      if (healed !== null) note("healed");
      i += 1;
    },
  };
}

async function startSwarm(backend: OpenedBackend): Promise<string> {
  const { swarmId } = await backend.call("initE2bSwarm", {
    topology: "star",
    maxAgents: agents,
    timeoutSeconds: 3_600,
  });
  for (let i = 0; i < agents; i += 1) {
    await backend.call("deployTradingAgent", { swarmId, agentType: "momentum", symbols: ["AAPL"] });
  }
  return swarmId;
}

/** Sandboxes of the agents that serve, sorted. */
async function servingIn(backend: OpenedBackend, swarmId: string): Promise<readonly string[]> {
  const { agents: rows } = await backend.call("listSwarmAgents", { swarmId });
  return rows
    .filter(({ status }) => status === "ready" || status === "busy")
    .map(({ sandboxId }) => sandboxId)
    .sort();
}

async function untilServing(
  clock: Clock,
  backend: OpenedBackend,
  { swarmId, without }: { readonly swarmId: string; readonly without: string },
): Promise<void> {
  const untilNs = clock.monotonicNs() + BigInt(healWithinMs) * 1_000_000n;
  for (;;) {
    const serving = await servingIn(backend, swarmId);
    if (serving.length >= agents && !serving.includes(without)) return;
    if (clock.monotonicNs() > untilNs) {
      throw new SwarmError("agent.timeout", `The swarm did not heal within ${healWithinMs} ms`);
    }
    await clock.sleep(lookEveryMs);
  }
}
