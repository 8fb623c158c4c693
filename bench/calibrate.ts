// How fast this machine is today, before anything is planned: so that the plan asks for what can be kept, on a quick machine
// and on a busy one. What is seen here is no sample and decides nothing but the time between two arrivals.
import { windowAt } from "../src/backend/market-view.ts";
import type { BackendOptions } from "../src/backend/backend.ts";
import { openBackend } from "../src/backend/compose.ts";
import { realClock } from "../src/host/clock.ts";
import { referenceSwarm } from "../src/swarm/reference-swarm.ts";

const rounds = 6;
const warmup = 1;
/** Beyond it the machine is too slow for the plan to end in a reasonable time; it then says so by lateness. */
const longestMs = 1_500;
/**
 * Arrivals for each life that one after the other would fill: lives on a schedule overlap and share the processors with own
 * code beside them. On two cores 180 ms alone were 220 ms under load, so arrivals as dense as lives only measured their own
 * queue; this leaves two fifths of the machine free.
 */
const roomFor = 2.2;

/** ms from one sandbox's start to its end, everything one after the other: the middle one of a few, with room. At least `leastMs`. */
export async function calibrateArrival(options: BackendOptions, leastMs: number): Promise<number> {
  const backend = await openBackend(options);
  const view = windowAt("AAPL");
  const tookMs: number[] = [];
  try {
    const crew = await backend.openCrew("calibration");
    for (let i = 0; i < rounds + warmup; i += 1) {
      const row = referenceSwarm[i % referenceSwarm.length];
      if (row === undefined) break;
      const beganNs = realClock.monotonicNs();
      const { sandboxes } = await backend.call("createE2bSandbox", { template: row.template, timeoutSeconds: 60 });
      const sandboxId = sandboxes[0]?.sandboxId ?? "";
      try {
        await crew.join(row.agentId, sandboxId);
        await crew.ask(row.agentId, view);
        await backend.call("executeE2bProcess", { sandboxId, command: "true" });
      } finally {
        await backend.call("terminateE2bSandbox", { sandboxId, force: true });
      }
      if (i >= warmup) tookMs.push(Number(realClock.monotonicNs() - beganNs) / 1e6);
    }
  } finally {
    await backend.close();
  }
  const middle = tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length / 2)] ?? longestMs;
  return Math.min(longestMs, Math.max(leastMs, Math.ceil((roomFor * middle) / 10) * 10));
}
