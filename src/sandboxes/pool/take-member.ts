// An idle sandbox for a lease: one that the target still knows, living for as long as the lease asked.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Cancel, Clock } from "../../host/clock.ts";
import { waitForCleaningMs } from "../limits.ts";
import type { Member } from "./pool-book.ts";
import { endMember, type PoolCore } from "./pool-core.ts";

/** Waits for one that is being emptied when none is idle; null when there is neither. */
export async function takeMember(core: PoolCore, key: string, lifeSeconds: number): Promise<Member | null> {
  const { reach, book, cleaning } = core;
  const deadlineNs = reach.clock.monotonicNs() + BigInt(waitForCleaningMs) * 1_000_000n;
  for (;;) {
    const idle = book.take(key, reach.clock.monotonicNs());
    if (idle !== null) {
      if (await isLiving(core, idle, lifeSeconds)) return idle;
      continue;
    }
    // Each of several leases waits for another one: what is waited for leaves the list.
    const at = cleaning.findIndex((one) => one.key === key);
    const [next] = at === -1 ? [] : cleaning.splice(at, 1);
    const leftMs = Number(deadlineNs - reach.clock.monotonicNs()) / 1e6;
    if (next === undefined || leftMs <= 0) return null;
    await noLongerThan(reach.clock, leftMs, next.done);
  }
}

async function noLongerThan(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel: Cancel = () => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, late]).finally(() => cancel());
}

async function isLiving(core: PoolCore, { record: { sandboxId } }: Member, lifeSeconds: number): Promise<boolean> {
  // From now on it is in use, however long it was idle before: the cleanup must not end it while its life is being set.
  const letGo = core.reach.activity.hold(sandboxId);
  try {
    await core.reach.lives.set(sandboxId, lifeSeconds);
    return true;
  } catch (thrown) {
    // Gone, or not to be reached: either way not this one.
    core.reach.log.write("info", "an idle sandbox is gone", { sandboxId, reason: SwarmError.from(thrown).code });
    await endMember(core, sandboxId);
    return false;
  } finally {
    letGo();
  }
}
