// The same work for every arm, a trading day in small: some rounds of sandboxes of one size, taken at once, used, looked at and
// given back; one more that is taken in the morning and forgotten; pauses between the rounds; the end of the day.
import type { Clock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import type { Random } from "../../src/host/random.ts";
import type { Target } from "../../src/contracts/target.ts";
import type { ManagerSettings } from "../../src/sandboxes/manager-settings.ts";
import { openSandboxes, type Sandboxes } from "../../src/sandboxes/open-sandboxes.ts";

export interface Day {
  readonly rounds: number;
  readonly atOnce: number;
  readonly pauseMs: number;
  /** From the first lease to the end, ms. Work that takes longer makes the day longer. */
  readonly lengthMs: number;
  /** Life that the forgotten sandbox asked for. */
  readonly lifeSeconds: number;
  /** After so long unused a sandbox is idle, where an arm has that. */
  readonly idleSeconds: number;
  readonly size: { readonly cpuCount: number; readonly memoryMb: number };
}

export const day: Day = {
  rounds: 3,
  atOnce: 2,
  pauseMs: 100,
  lengthMs: 2_200,
  lifeSeconds: 2,
  idleSeconds: 0.6,
  size: { cpuCount: 1, memoryMb: 256 },
};

export interface Observation {
  /** Time that the work waited for its sandboxes: all rounds, without the pauses, s. */
  readonly workSeconds: number;
  /** HTTP requests of this process to the target, until everything had ended. */
  readonly calls: number;
  readonly creations: number;
  /** What all sandboxes ran, idle time and the forgotten one's rest included, ns. */
  readonly ranNs: bigint;
  /** Part of it that sandboxes were idle in the pool, ns. */
  readonly idleNs: bigint;
}

export interface Workplace {
  readonly target: Target;
  readonly clock: Clock;
  readonly random: Random;
  /** Requests sent until now. */
  readonly calls: () => number;
}

export async function workDay(place: Workplace, settings: ManagerSettings, plan: Day): Promise<Observation> {
  const { target, clock, random } = place;
  const manager = openSandboxes({ target, clock, random, log: silentLog, owner: "bench-manager", settings });
  const callsBefore = place.calls();
  const beganNs = clock.monotonicNs();
  const sinceMs = (fromNs: bigint): number => Number(clock.monotonicNs() - fromNs) / 1e6;
  let workMs = 0;
  try {
    const asked = { template: "node", resources: plan.size };
    await manager.lease({ ...asked, timeoutSeconds: plan.lifeSeconds });
    for (let round = 0; round < plan.rounds; round++) {
      const fromNs = clock.monotonicNs();
      await work(manager, plan.atOnce, asked);
      workMs += sinceMs(fromNs);
      await clock.sleep(plan.pauseMs);
    }
    await clock.sleep(Math.max(0, plan.lengthMs - sinceMs(beganNs)));
  } finally {
    await manager.close();
  }
  const meters = manager.meters();
  return {
    workSeconds: workMs / 1_000,
    calls: place.calls() - callsBefore,
    creations: meters.length,
    ranNs: meters.reduce((sum, { ranNs }) => sum + ranNs, 0n),
    idleNs: meters.reduce((sum, { idleNs }) => sum + idleNs, 0n),
  };
}

async function work(
  manager: Sandboxes,
  count: number,
  asked: { readonly template: string; readonly resources: Day["size"] },
): Promise<void> {
  const ids = await Promise.all(
    Array.from({ length: count }, async () => {
      const { sandboxId } = await manager.lease(asked);
      await manager.execute(sandboxId, { command: "echo ready > ~/state && cat ~/state" });
      return sandboxId;
    }),
  );
  await Promise.all(ids.map((id) => manager.status(id)));
  await Promise.all(ids.map((id) => manager.giveBack(id)));
}
