// A vote: five deployed agents are asked about one decision bar, their proposals become durable, the ballots are decided.
// Each round asks about another day, so no answer can be an old one.
import { openSamples } from "../harness/evidence/recorder.ts";
import { windowAt } from "../src/backend/market-view.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure, now } from "./schedule.ts";
import type { Setting } from "./setting.ts";

const everyMs = { local: 90, cloud: 1_500 } as const;
const warmup = 3;
const firstBar = 400;

export async function openVotes(setting: Setting): Promise<BenchCase> {
  const { bench, backend, target } = setting;
  const recorder = openSamples(setting.context, "bench", "bench.swarm.vote");
  const swarm = await backend.openSwarm("bench-vote");
  const last = windowAt("AAPL");
  const days = last.tape.candles.t;
  const base = now(bench) + 50_000_000;
  let i = 0;
  return {
    name: "consensus vote, five agents",
    iterations: warmup + setting.planned("bench.swarm.vote"),
    async close() {
      recorder.close();
      await swarm.close();
    },
    async next() {
      const day = new Date(days[firstBar + i] ?? 0).toISOString().slice(0, 10);
      const view = windowAt("AAPL", day);
      await measure(bench, {
        recorder,
        sch: base + i * everyMs[target] * 1_000_000,
        ph: i < warmup ? "warmup" : "measure",
        cl: `round-${i}`,
        subject: "target",
        operation: () => swarm.round(view),
      });
      i += 1;
    },
  };
}
