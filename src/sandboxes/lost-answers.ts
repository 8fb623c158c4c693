// What became of a create whose answer never came: the target is asked by the lease's mark, which only this create carries.
import { SwarmError } from "../contracts/swarm-error.ts";
import { lookEveryMs, requestTimeoutMs } from "./limits.ts";
import { listMarked } from "./reading/looks.ts";
import type { Reach } from "./reach.ts";
import type { SandboxInfo } from "./sdk.ts";

/**
 * The sandbox that carries this lease's mark; looked for until `withinMs` have passed, because a target may still be at work on
 * what it never answered. Others of the same mark are ended. Null when there is none, or the target cannot be asked.
 */
export async function findMarked(reach: Reach, lease: string, withinMs: number): Promise<SandboxInfo | null> {
  reach.doubt(lease);
  const deadlineNs = reach.clock.monotonicNs() + BigInt(withinMs) * 1_000_000n;
  for (let pauseMs = lookEveryMs; ; pauseMs *= 2) {
    const found = await look(reach, lease);
    if (found === null) return null;
    const [first] = found;
    if (first !== undefined) {
      await endTwins(reach, lease, first.sandboxId);
      return first;
    }
    if (reach.clock.monotonicNs() >= deadlineNs) return null;
    await reach.clock.sleep(pauseMs);
  }
}

/** Ends every sandbox of this mark but one. What is late to appear is ended when the manager closes. */
export async function endTwins(reach: Reach, lease: string, keep: string): Promise<void> {
  await endAll(
    reach,
    ((await look(reach, lease)) ?? []).filter(({ sandboxId }) => sandboxId !== keep),
  );
}

async function look(reach: Reach, lease: string): Promise<readonly SandboxInfo[] | null> {
  try {
    return await listMarked(reach, { lease });
  } catch (thrown) {
    // The fault of the create is the one to report; an unreachable target ends what it may have started at its deadline.
    reach.log.write("warn", "a create's answer was lost and it could not be looked for", {
      lease,
      reason: SwarmError.from(thrown).code,
    });
    return null;
  }
}

async function endAll(reach: Reach, sandboxes: readonly SandboxInfo[]): Promise<void> {
  await Promise.allSettled(
    sandboxes.map(({ sandboxId }) => {
      const doing = { what: `end ${sandboxId}, made by a create whose answer was lost`, about: "sandbox" } as const;
      return reach.ask({ ...doing, repeatable: true }, ({ Sandbox }) => Sandbox.kill(sandboxId, { requestTimeoutMs }));
    }),
  );
}
