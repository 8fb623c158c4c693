// What became of a create whose answer never came: the target is asked by the lease's mark, which only this create carries.
import { SwarmError } from "../contracts/swarm-error.ts";
import { lookEveryMs, requestTimeoutMs } from "./limits.ts";
import { listMarked } from "./reading/looks.ts";
import type { Reach } from "./reach.ts";
import type { SandboxInfo } from "./sdk.ts";

export type Trace =
  | { readonly kind: "found"; readonly info: SandboxInfo }
  /** The target knows of none. */
  | { readonly kind: "none" }
  /** The target could not be asked: there may be one. */
  | { readonly kind: "unknown" };

/**
 * The sandbox that carries this lease's mark; looked for until `withinMs` have passed, because a target may still be at work on
 * what it never answered. Others of the same mark are ended.
 */
export async function findMarked(reach: Reach, lease: string, withinMs: number): Promise<Trace> {
  reach.doubt(lease);
  const deadlineNs = reach.clock.monotonicNs() + BigInt(withinMs) * 1_000_000n;
  for (let pauseMs = lookEveryMs; ; pauseMs *= 2) {
    const found = await look(reach, lease);
    const [info] = found ?? [];
    if (info !== undefined) {
      await endTwins(reach, lease, info.sandboxId);
      return { kind: "found", info };
    }
    if (reach.clock.monotonicNs() >= deadlineNs) return { kind: found === null ? "unknown" : "none" };
    await reach.clock.sleep(pauseMs);
  }
}

/** Ends every sandbox of this mark but one. What is late to appear is ended when the manager closes. */
export async function endTwins(reach: Reach, lease: string, keep: string): Promise<void> {
  const found = (await look(reach, lease)) ?? [];
  await endAll(
    reach,
    found.map(({ sandboxId }) => sandboxId).filter((id) => id !== keep),
  );
}

/** Null when the target could not be asked. */
async function look(reach: Reach, lease: string): Promise<readonly SandboxInfo[] | null> {
  try {
    return await listMarked(reach, { lease }, { ending: true });
  } catch (thrown) {
    // The fault of the create is the one to report; an unreachable target ends what it may have started at its deadline.
    reach.log.write("warn", "what a create may have left could not be looked for", {
      lease,
      reason: SwarmError.from(thrown).code,
    });
    return null;
  }
}

/** Ends sandboxes that nobody was given. One that cannot be ended now is ended when the manager closes. */
export async function endAll(reach: Reach, ids: readonly string[]): Promise<void> {
  await Promise.allSettled(
    ids.map((sandboxId) => {
      reach.forget(sandboxId);
      const doing = { what: `end ${sandboxId}, which nobody was given`, about: "sandbox" } as const;
      return reach.ask({ ...doing, repeatable: true, ending: true }, ({ Sandbox }) =>
        Sandbox.kill(sandboxId, { requestTimeoutMs }),
      );
    }),
  );
}
