// Whole deployments: five agents in five new sandboxes, from the call to the last agent's first verified answer, all at once
// or one after the other. Too few samples for a bound, so the claims are for information. Ending them is not timed.
import { referenceSwarm } from "../src/swarm/reference-swarm.ts";
import { openGauge } from "./gauges.ts";
import { measure, now } from "./schedule.ts";
import type { BenchCase, Setting } from "./setting.ts";

export function openDeployFive(setting: Setting, order: "parallel" | "sequential"): BenchCase {
  const { bench, backend } = setting;
  const metric = `bench.agent.deploy-five-${order}`;
  const gauge = openGauge(setting.context, setting.shard, metric);
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
    name: `deploy five agents, ${order}`,
    iterations: setting.planned(metric),
    moreAtOnce: 1,
    series: [],
    close: () => gauge.recorder.close(),
    async next() {
      const ids = await measure(bench, {
        ...gauge,
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
