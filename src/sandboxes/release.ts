// Ending: asked for, then witnessed. "Terminated" means that the target, asked again, does not know the sandbox.
import { SwarmError } from "../contracts/swarm-error.ts";
import { goneWithinMs, lookEveryMs, requestTimeoutMs } from "./limits.ts";
import { listMarked } from "./reading/looks.ts";
import type { Reach } from "./reach.ts";

export type Termination = "terminated" | "already-gone";

export async function terminate(reach: Reach, sandboxId: string): Promise<Termination> {
  const lease = reach.book.find(sandboxId);
  const ours = lease?.state.kind === "running" ? lease.leaseId : null;
  if (ours !== null) reach.book.advance(ours, { kind: "releasing" });
  try {
    const existed = await kill(reach, sandboxId);
    await witnessGone(reach, sandboxId);
    reach.forget(sandboxId);
    if (ours !== null) reach.book.advance(ours, { kind: "witnessed-gone", atNs: reach.clock.monotonicNs() });
    reach.witness({ kind: "ended", sandboxId });
    reach.log.write("info", "sandbox terminated", { sandboxId, existed });
    return existed ? "terminated" : "already-gone";
  } catch (thrown) {
    if (ours !== null) reach.book.advance(ours, { kind: "release-failed" });
    throw thrown;
  }
}

/** True when it was there. A kill whose answer was lost may be why the next one finds nothing: that is an end, too. */
async function kill(reach: Reach, sandboxId: string): Promise<boolean> {
  let sent = 0;
  const doing = { what: `terminate ${sandboxId}`, about: "sandbox", repeatable: true, ending: true } as const;
  const existed = await reach.ask(doing, ({ Sandbox }) => {
    sent += 1;
    return Sandbox.kill(sandboxId, { requestTimeoutMs });
  });
  return existed || sent > 1;
}

async function witnessGone(reach: Reach, sandboxId: string): Promise<void> {
  const deadline = reach.clock.monotonicNs() + BigInt(goneWithinMs) * 1_000_000n;
  while (await reach.looks.isKnown(sandboxId)) {
    if (reach.clock.monotonicNs() >= deadline) {
      const sentence = `Cannot terminate ${sandboxId}: the target still knows it after ${goneWithinMs} ms`;
      throw new SwarmError("sandbox.timeout", sentence, { hint: "Try again", details: { sandboxId } });
    }
    await reach.clock.sleep(lookEveryMs);
  }
}

/** Ends every running lease that the user did not ask to keep. Throws the first fault after trying all. */
export async function releaseOwned(reach: Reach): Promise<void> {
  const owned = reach.book.all().filter(({ keep, state }) => !keep && state.kind === "running");
  const ids = owned.map(({ state }) => ("sandboxId" in state ? state.sandboxId : ""));
  // Late ones are looked for meanwhile: a listing that fails must not keep the others running.
  await allEnded([...ids.map((id) => terminate(reach, id)), endLate(reach)]);
}

async function endLate(reach: Reach): Promise<void> {
  await allEnded((await lateOnes(reach)).map((id) => terminate(reach, id)));
}

async function allEnded(ends: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(ends)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Sandboxes of creates whose answer was lost that appeared after they were looked for. */
async function lateOnes(reach: Reach): Promise<readonly string[]> {
  const doubts = reach.doubts();
  if (doubts.size === 0) return [];
  const mine = await listMarked(reach, { owner: reach.owner, process: reach.process }, { ending: true });
  return mine
    .filter(({ metadata, sandboxId }) => doubts.has(metadata.lease ?? "") && reach.book.find(sandboxId) === null)
    .map(({ sandboxId }) => sandboxId);
}
