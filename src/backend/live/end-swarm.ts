// Ending a live swarm: everyone finishes what they hold, then the coordinators go; who does not go in time loses their sandbox.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { isAlive } from "../../host/process-identity.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import type { Parts } from "../parts.ts";
import { ensureCoordinators } from "./coordinators.ts";
import { strike } from "./list-of-swarms.ts";
import { coordinatorsOf, isHere, placesOf, type LiveSwarm } from "./live-swarm.ts";
import { until } from "./until.ts";

export interface EndOptions {
  /** Time to finish what agents hold, ms. */
  readonly withinMs: number;
  /** Nothing of the swarm stays in the record. */
  readonly forget: boolean;
}

const writer = "shutdownSwarm";
const goWithinMs = 20_000;

/** Resolves when no coordinator, agent or sandbox of it is left. Throws `swarm.silent` when that does not come about. */
export async function endSwarm(parts: Parts, swarm: LiveSwarm, { withinMs, forget }: EndOptions): Promise<void> {
  const { store, swarmId } = swarm;
  const { clock } = parts;
  // A process takes its entry back a moment before it is gone: both are waited for.
  const processes = await coordinatorsOf(swarm);
  await changeWanted(store, swarmId, writer, (present) => ({ ...present, min: 0, max: 0, ended: true }));
  const isOver = async (): Promise<boolean> => {
    if (processes.some((one) => isHere(one) && isAlive(one))) return false;
    return (await coordinatorsOf(swarm)).length + (await placesOf(swarm)).size === 0;
  };
  // Agents without anybody who leads them: somebody has to come to let them go.
  const isAbandoned = (await placesOf(swarm)).size > 0 && (await coordinatorsOf(swarm)).length === 0;
  if (isAbandoned) await ensureCoordinators(parts, swarm).catch(() => undefined);
  if (!(await until(clock, withinMs, isOver))) {
    await endSandboxes(parts, swarm);
    if (!(await until(clock, goWithinMs, isOver))) throw stillThere(swarm);
  }
  await endSandboxes(parts, swarm);
  if (!forget) return;
  await strike(store, swarmId, writer);
  await store.deleteNamespace(swarmId, { writer });
}

/** Those of the swarm by their names, whoever made them. */
async function endSandboxes(parts: Parts, { swarmId }: LiveSwarm): Promise<void> {
  const sandboxes = await parts.sandboxesIfUp();
  if (sandboxes === null) return;
  const mine = (await sandboxes.list()).filter(
    ({ name, status }) => name.startsWith(`${swarmId}/`) && status !== "stopped",
  );
  await Promise.allSettled(mine.map(({ sandboxId }) => sandboxes.terminate(sandboxId)));
}

function stillThere({ swarmId }: LiveSwarm): SwarmError {
  return new SwarmError("swarm.silent", `Cannot end swarm ${swarmId}: a coordinator or agent of it is still there`, {
    hint: "Try again; its sandboxes are ended, and its coordinators end when they can reach the record",
    details: { swarmId },
  });
}
