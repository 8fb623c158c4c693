// Sets up a live swarm: its coordinators run on as processes of their own, its agents come with deployTradingAgent.
import type { SwarmConfig } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import { refuseOverBudget } from "../budget.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { asJson, configKey } from "../live/live-swarm.ts";
import { endSwarm } from "../live/end-swarm.ts";

const writer = "initE2bSwarm";

export const handle = handler("swarm-init.input", "swarm-init.output", async (parts, input, context) => {
  const { topology, maxAgents = 5, strategy = "balanced", autoScale = false, timeoutSeconds = 3_600 } = input;
  const { coordinators = 2 } = input;
  if (input.sharedMemory === false) {
    throw new SwarmError(
      "sandbox.unsupported",
      "Cannot set sharedMemory to false: a swarm without a record loses what it acknowledged",
      {
        hint: "Leave sharedMemory out",
        details: { field: "sharedMemory" },
      },
    );
  }
  refuseOverBudget(parts.settings, maxAgents, timeoutSeconds);
  const store = await parts.store();
  const swarmId = makeId("swarm", parts.random);
  const createdMs = parts.clock.nowMs();
  const untilMs = createdMs + timeoutSeconds * 1_000;
  const config: SwarmConfig = { swarmId, topology, maxAgents, strategy, autoScale, coordinators, createdMs };
  const forEver = { writer, ttlSeconds: null };
  // What its sandboxes are called at the target.
  await store.put(swarmId, "swarm", { id: swarmId }, forEver);
  await changeWanted(store, swarmId, writer, (present) => ({ ...present, untilMs }));
  await store.put(swarmId, configKey, asJson(config), forEver);
  const swarm = { store, swarmId, config };
  context.progress(`starting ${coordinators} coordinators of ${swarmId}`);
  try {
    // The target comes up with the first who needs it; two coordinators at once would wait for each other.
    await parts.sandboxes();
    await ensureCoordinators(parts, swarm);
  } catch (thrown) {
    // What came up late ends by itself, and nothing is left of a swarm that never was.
    await endSwarm(parts, swarm, { withinMs: 0, forget: true }).catch(() => undefined);
    throw thrown;
  }
  return {
    swarmId,
    topology,
    maxAgents,
    strategy,
    status: "active" as const,
    coordinators,
    createdAt: new Date(createdMs).toISOString(),
    endsAt: new Date(untilMs).toISOString(),
  };
});
