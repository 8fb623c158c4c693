// Ending: asked for, then witnessed. "Terminated" means that the target, asked again, does not know the sandbox.
import { SwarmError } from "../contracts/swarm-error.ts";
import { isAlive } from "../host/process-identity.ts";
import { goneWithinMs, lookEveryMs, requestTimeoutMs } from "./limits.ts";
import { listMarked } from "./inspect.ts";
import type { Reach } from "./reach.ts";

export type Termination = "terminated" | "already-gone";

export async function terminate(reach: Reach, sandboxId: string): Promise<Termination> {
  const lease = reach.book.find(sandboxId);
  const ours = lease?.state.kind === "running" ? lease.leaseId : null;
  if (ours !== null) reach.book.advance(ours, { kind: "releasing" });
  try {
    const existed = await reach.ask({ what: `terminate ${sandboxId}`, about: "sandbox" }, ({ Sandbox }) =>
      Sandbox.kill(sandboxId, { requestTimeoutMs }),
    );
    await witnessGone(reach, sandboxId);
    reach.forget(sandboxId);
    if (ours !== null) reach.book.advance(ours, { kind: "witnessed-gone", atNs: reach.clock.monotonicNs() });
    reach.log.write("info", "sandbox terminated", { sandboxId, existed });
    return existed ? "terminated" : "already-gone";
  } catch (thrown) {
    if (ours !== null) reach.book.advance(ours, { kind: "release-failed" });
    throw thrown;
  }
}

async function witnessGone(reach: Reach, sandboxId: string): Promise<void> {
  const deadline = reach.clock.monotonicNs() + BigInt(goneWithinMs) * 1_000_000n;
  while (await isKnown(reach, sandboxId)) {
    if (reach.clock.monotonicNs() >= deadline) {
      const sentence = `Cannot terminate ${sandboxId}: the target still knows it after ${goneWithinMs} ms`;
      throw new SwarmError("sandbox.timeout", sentence, { hint: "Try again", details: { sandboxId } });
    }
    await reach.clock.sleep(lookEveryMs);
  }
}

function isKnown(reach: Reach, sandboxId: string): Promise<boolean> {
  return reach
    .ask({ what: `look for ${sandboxId}`, about: "sandbox" }, ({ Sandbox }) =>
      Sandbox.getInfo(sandboxId, { requestTimeoutMs }),
    )
    .then(
      () => true,
      (thrown: unknown) => {
        if (thrown instanceof SwarmError && thrown.code === "sandbox.not-found") return false;
        throw thrown;
      },
    );
}

/** Ends every running lease that the user did not ask to keep. Throws the first fault after trying all. */
export async function releaseOwned(reach: Reach): Promise<void> {
  const owned = reach.book.all().filter(({ keep, state }) => !keep && state.kind === "running");
  const ids = owned.map(({ state }) => ("sandboxId" in state ? state.sandboxId : ""));
  const failed = (await Promise.allSettled(ids.map((id) => terminate(reach, id)))).find(
    (result) => result.status === "rejected",
  );
  if (failed !== undefined) throw failed.reason;
}

/** Ends sandboxes whose process died without ending them. */
export async function releaseOrphans(reach: Reach): Promise<number> {
  const marked = await listMarked(reach, { owner: reach.owner, keep: "no" });
  const orphans = marked.filter(({ metadata }) => !isLiving(metadata.process ?? ""));
  const ended = await Promise.all(orphans.map(({ sandboxId }) => terminate(reach, sandboxId)));
  return ended.filter((how) => how === "terminated").length;
}

function isLiving(mark: string): boolean {
  const [pid, startedAt] = mark.split(":");
  return pid !== undefined && startedAt !== undefined && isAlive({ pid: Number(pid), startedAt });
}
