// A vote: five deployed agents are asked about one decision bar, their proposals become durable, the ballots are decided.
// Each round asks about another day, so no answer can be an old one.
import { openSamples } from "../harness/evidence/recorder.ts";
import type { SwarmSession } from "../src/backend/swarm-session.ts";
import { windowAt } from "../src/backend/market-view.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure } from "./schedule.ts";
import type { Setting } from "./setting.ts";

/** Place of the vote in the tick, ms. */
const offsetMs = { local: 300, cloud: 4_700 } as const;
const warmup = 3;
const firstBar = 400;

/** Deploys the five agents now; the case itself is opened when its schedule is known. */
export async function openVotes({ backend }: Setting): Promise<(setting: Setting) => BenchCase> {
  const swarm = await backend.openSwarm("bench-vote");
  return (setting) => votes(setting, swarm);
}

function votes(setting: Setting, swarm: SwarmSession): BenchCase {
  const { bench, target, firstTick, tickMs } = setting;
  const recorder = openSamples(setting.context, "bench", "bench.swarm.vote");
  const days = windowAt("AAPL").tape.candles.t;
  const responses: number[] = [];
  let i = 0;
  return {
    responses: [responses],
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
        sch: firstTick + (i * tickMs + offsetMs[target]) * 1_000_000,
        ph: i < warmup ? "warmup" : "measure",
        cl: `round-${i}`,
        responses,
        subject: "target",
        operation: () => swarm.round(view),
      });
      i += 1;
    },
  };
}
