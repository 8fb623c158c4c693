// From the end of a lease to idle again, or to the end of the sandbox: there is no third way.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { resetSandbox } from "../reset/reset-sandbox.ts";
import type { Member } from "./pool-book.ts";
import { endMember, isFull, type PoolCore } from "./pool-core.ts";

/** The member when it is idle again; null when its sandbox was ended. Never rejects. */
export async function cleanMember(core: PoolCore, member: Member): Promise<Member | null> {
  const { reach, book, counts } = core;
  const { sandboxId } = member.record;
  const idleSinceNs = reach.clock.monotonicNs();
  try {
    await resetSandbox(reach, sandboxId, member.baseline);
    await reach.lives.set(sandboxId, reach.settings.pool.leashSeconds);
    counts.cleaned += 1;
  } catch (thrown) {
    counts.unclean += 1;
    reach.log.write("warn", "a sandbox is not used again", { sandboxId, reason: SwarmError.from(thrown).message });
    await endMember(core, sandboxId);
    return null;
  }
  // Others may have come back meanwhile, or the pool been closed.
  if (isFull(core, member.key)) {
    await endMember(core, sandboxId);
    return null;
  }
  book.add({ ...member, idleSinceNs });
  return member;
}
