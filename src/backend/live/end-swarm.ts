// Ending a live swarm: everyone finishes what they hold, then the coordinators go; who does not go in time loses their sandbox.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { isAlive } from "../../host/process-identity.ts";
import { changeWanted } from "../../swarm/runtime/wanted.ts";
import type { Parts } from "../parts.ts";
import { openLauncher } from "./coordinators.ts";
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
  const nowMs = clock.nowMs();
  // A process takes its entry back a moment before it is gone: both are waited for.
  const processes = await coordinatorsOf(swarm);
  await changeWanted(store, swarmId, writer, (present) => ({
    ...present,
    min: 0,
    max: 0,
    ended: true,
    // When it ended is when it was first told to.
    untilMs: present.ended ? present.untilMs : Math.min(present.untilMs ?? nowMs, nowMs),
  }));
  const launch = openLauncher(parts, swarm);
  const isOver = async (): Promise<boolean> => {
    const [present, places] = await Promise.all([coordinatorsOf(swarm), placesOf(swarm)]);
    // Agents without anybody who leads them: somebody has to come to let them go.
    if (places.size > 0) launch(present, 1);
    return present.length + places.size === 0 && !processes.some((one) => isHere(one) && isAlive(one));
  };
  if (!(await until(clock, withinMs, isOver))) {
    await endSandboxes(parts, swarm);
    if (!(await until(clock, goWithinMs, isOver))) throw stillThere(swarm);
  }
  await endSandboxes(parts, swarm);
  if (forget) await forgetSwarm(swarm);
}

/** Nothing of it stays in the record. */
export async function forgetSwarm({ store, swarmId }: LiveSwarm): Promise<void> {
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
