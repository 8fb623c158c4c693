// Five agents at once, each in a new sandbox, from the call until every one has given its first verified answer.
import type { Backend } from "../../src/backend/backend.ts";
import type { Clock } from "../../src/host/clock.ts";
import { referenceSwarm } from "../../src/swarm/reference-swarm.ts";

/** ms; the sandboxes are ended afterwards, untimed. */
export async function deployFive(backend: Backend, clock: Clock): Promise<number> {
  const beganNs = clock.monotonicNs();
  const deployed = await Promise.all(
    referenceSwarm.map(({ role }) => backend.call("runE2bAgent", { agentType: role, symbols: ["AAPL"] })),
  );
  const tookMs = Number(clock.monotonicNs() - beganNs) / 1e6;
  await Promise.all(deployed.map(({ sandboxId }) => backend.call("terminateE2bSandbox", { sandboxId, force: true })));
  return tookMs;
}
