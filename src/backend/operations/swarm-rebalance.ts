// Evens out the open tasks of a live swarm: an order its leader carries out, and what it wrote down of it.
import type { Rebalance } from "../../contracts/live-swarm.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import { rebalancesPrefix } from "../../swarm/runtime/evening-out.ts";
import { orderRebalance } from "../../swarm/runtime/orders.ts";
import { handler } from "../handler.ts";
import { ensureCoordinators } from "../live/coordinators.ts";
import { findSwarm, refuseEnded } from "../live/live-swarm.ts";
import { untilOr } from "../live/until.ts";

const writer = "rebalanceSwarm";
const withinMs = 20_000;

export const handle = handler("swarm-rebalance.input", "swarm-rebalance.output", async (parts, input, context) => {
  const { swarmId, threshold = 0.3 } = input;
  const swarm = await findSwarm(parts, swarmId);
  await refuseEnded(parts, swarm);
  await ensureCoordinators(parts, swarm);
  const orderId = makeId("order", parts.random);
  const key = rebalancesPrefix + orderId;
  await orderRebalance(swarm.store, swarmId, { orderId, gap: threshold }, writer);
  const late = (): SwarmError =>
    new SwarmError("swarm.silent", `Cannot say what was moved in ${swarmId}: no answer within ${withinMs} ms`, {
      hint: `The order lapses after a minute; what came of it will stand in the record under ${key}`,
      details: { swarmId },
    });
  const isDone = async (): Promise<boolean> => (await swarm.store.get(swarmId, key)) !== null;
  await untilOr(parts.clock, withinMs, isDone, context.signal, late);
  const entry = await swarm.store.get(swarmId, key);
  const outcome = parse("live.rebalance", entry?.value, "memory.corrupt");
  const moved = outcome.moves.map(({ taskId, from, to }) => ({ taskId, fromAgent: from, toAgent: to }));
  return {
    swarmId,
    status: moved.length > 0 ? ("rebalanced" as const) : ("balanced" as const),
    threshold,
    moved,
    total: moved.length,
    before: loads(outcome, "before"),
    after: loads(outcome, "after"),
    leader: outcome.leader,
    rebalancedAt: new Date(outcome.atMs).toISOString(),
  };
});

function loads(outcome: Rebalance, when: "before" | "after") {
  return outcome[when].map((one) => ({ ...one, load: Math.min(1, one.openTasks / Math.max(1, outcome.slots)) }));
}
