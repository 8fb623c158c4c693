// Deploying agents: from the call to the agent's first verified answer, new sandboxes each time. Ending them is not timed.
import { openSamples } from "../harness/evidence/recorder.ts";
import { referenceSwarm } from "../src/swarm/reference-swarm.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure, now } from "./schedule.ts";
import { openSessions } from "./sessions.ts";
import type { Setting } from "./setting.ts";

const everyMs = { local: 420, cloud: 7_000 } as const;
const warmup = 2;

export function openDeployOne(setting: Setting): BenchCase {
  const { bench, backend, target, firstTick } = setting;
  const recorder = openSamples(setting.context, "bench", "bench.agent.deploy-one");
  const responses: number[] = [];
  const sessions = openSessions(bench);
  let i = 0;
  return {
    responses: [responses],
    name: "deploy one agent",
    iterations: warmup + setting.planned("bench.agent.deploy-one"),
    async close() {
      await sessions.ended();
      recorder.close();
    },
    next() {
      const sch = firstTick + i * everyMs[target] * 1_000_000;
      const ph = i < warmup ? "warmup" : "measure";
      const cl = `deploy-${i}`;
      i += 1;
      return sessions.launch(sch, async () => {
        const deployed = await measure(bench, {
          recorder,
          responses,
          sch,
          ph,
          cl,
          subject: "target",
          operation: () => backend.call("runE2bAgent", { agentType: "momentum", symbols: ["AAPL"] }),
          facts: ({ sandboxId }) => ({ sandboxId }),
        });
        if (deployed === null) return;
        await backend.call("terminateE2bSandbox", { sandboxId: deployed.sandboxId, force: true });
      });
    },
  };
}

/** Five agents, all at once or one after the other; too few samples for a bound, so the claims are for information. */
export function openDeployFive(setting: Setting, order: "parallel" | "sequential"): BenchCase {
  const { bench, backend } = setting;
  const name = `bench.agent.deploy-five-${order}`;
  const recorder = openSamples(setting.context, "bench", name);
  let i = 0;
  const one = async (role: string): Promise<string> => {
    const { sandboxId } = await backend.call("runE2bAgent", { agentType: role, symbols: ["AAPL"] });
    return sandboxId;
  };
  const roles = referenceSwarm.map((row) => row.role);
  const inTurn = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (const role of roles) ids.push(await one(role));
    return ids;
  };
  return {
    responses: [],
    name: `deploy five agents, ${order}`,
    iterations: setting.planned(name),
    close: recorder.close,
    async next() {
      const ids = await measure(bench, {
        recorder,
        sch: now(bench),
        ph: "measure",
        cl: `five-${i}`,
        subject: "target",
        operation: () => (order === "parallel" ? Promise.all(roles.map(one)) : inTurn()),
        facts: ([first]) => (first === undefined ? {} : { sandboxId: first }),
      });
      i += 1;
      const end = (sandboxId: string) => backend.call("terminateE2bSandbox", { sandboxId, force: true });
      await Promise.all((ids ?? []).map(end));
    },
  };
}
