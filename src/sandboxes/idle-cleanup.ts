// What this process took and no longer uses is ended, although its life is not over: nobody pays for the rest of it. Sandboxes
// that the user keeps are the user's, and those of the pool have the pool's own limit.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Reach } from "./reach.ts";
import { terminate } from "./release.ts";

/** Ends every idle one; the ids ended. A sandbox that cannot be ended now is tried again the next time. */
export async function endIdle(reach: Reach, isPooled: (sandboxId: string) => boolean): Promise<readonly string[]> {
  const { clock, settings, book, activity, log } = reach;
  if (settings.idleSeconds === 0) return [];
  const beforeNs = clock.monotonicNs() - BigInt(Math.round(settings.idleSeconds * 1e9));
  const idle = book.all().flatMap(({ keep, state }) => {
    if (keep || state.kind !== "running" || isPooled(state.sandboxId)) return [];
    const sinceNs = activity.isHeld(state.sandboxId) ? null : (activity.lastUsedNs(state.sandboxId) ?? state.sinceNs);
    return sinceNs !== null && sinceNs < beforeNs ? [state.sandboxId] : [];
  });
  const ends = await Promise.all(
    idle.map(async (sandboxId) => {
      try {
        await terminate(reach, sandboxId);
        log.write("info", "an idle sandbox was ended", { sandboxId, idleSeconds: settings.idleSeconds });
        return [sandboxId];
      } catch (thrown) {
        log.write("warn", "an idle sandbox could not be ended", { sandboxId, reason: SwarmError.from(thrown).code });
        return [];
      }
    }),
  );
  return ends.flat();
}
