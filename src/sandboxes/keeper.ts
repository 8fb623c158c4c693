// Looks after what is idle, now and then, from the first sandbox on. Never keeps the process alive by itself.
import type { Cancel } from "../host/clock.ts";
import { endIdle } from "./idle-cleanup.ts";
import { tendEveryMs } from "./limits.ts";
import type { WarmPool } from "./pool/warm-pool.ts";
import type { Reach } from "./reach.ts";

export interface Keeper {
  wake(): void;
  /** Resolves once the look under way has ended. */
  stop(): Promise<void>;
  /** Sandboxes ended because nobody used them. */
  ended(): number;
}

export function openKeeper(reach: Reach, pool: WarmPool): Keeper {
  const { clock, settings } = reach;
  const { pool: pooled, idleSeconds } = settings;
  // Thrice within the shortest of the times that matter.
  const times = [...(pooled.size > 0 ? [pooled.leashSeconds, pooled.idleSeconds] : []), idleSeconds].filter(
    (s) => s > 0,
  );
  const everyMs = Math.min(tendEveryMs, ...times.map((seconds) => (seconds * 1_000) / 3));
  let cancel: Cancel | null = null;
  let ended = 0;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    await pool.tend();
    ended += (await endIdle(reach, (sandboxId) => pool.isIdle(sandboxId))).length;
  };
  const lookNow = (): void => {
    looking ??= look().finally(() => (looking = null));
  };
  return {
    wake() {
      if (times.length > 0) cancel ??= clock.every(everyMs, lookNow, { unref: true });
    },
    async stop() {
      cancel?.();
      cancel = null;
      await looking;
    },
    ended: () => ended,
  };
}
