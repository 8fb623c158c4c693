// When each sandbox was last used by this process, and whether it is in use now: what "idle" means for the cleanup.
import type { Clock } from "../host/clock.ts";

export interface Activity {
  /** In use until the returned function is called; calling it twice is once. */
  hold(sandboxId: string): () => void;
  isHeld(sandboxId: string): boolean;
  /** Clock reading at the end of its last use; null when it was never used. */
  lastUsedNs(sandboxId: string): bigint | null;
  forget(sandboxId: string): void;
}

/** Kept only of those that `isLeased` knows: nobody asks how long the others were idle. */
export function openActivity(clock: Clock, isLeased: (sandboxId: string) => boolean): Activity {
  const uses = new Map<string, { held: number; lastNs: bigint }>();
  return {
    hold(sandboxId) {
      const use = uses.get(sandboxId) ?? { held: 0, lastNs: clock.monotonicNs() };
      uses.set(sandboxId, use);
      use.held += 1;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        use.held -= 1;
        use.lastNs = clock.monotonicNs();
        if (use.held === 0 && !isLeased(sandboxId)) uses.delete(sandboxId);
      };
    },
    isHeld: (sandboxId) => (uses.get(sandboxId)?.held ?? 0) > 0,
    lastUsedNs: (sandboxId) => uses.get(sandboxId)?.lastNs ?? null,
    forget: (sandboxId) => void uses.delete(sandboxId),
  };
}
