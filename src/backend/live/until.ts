// Waiting for what somebody else does to the record.
import type { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";

const lookEveryMs = 25;

/** True as soon as it is so; false when it was not within the time, ms, or the signal aborted. */
export async function until(
  clock: Clock,
  withinMs: number,
  isSo: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<boolean> {
  const endNs = clock.monotonicNs() + BigInt(Math.round(withinMs)) * 1_000_000n;
  for (;;) {
    if (await isSo()) return true;
    if (signal?.aborted === true || clock.monotonicNs() >= endNs) return false;
    await clock.sleep(lookEveryMs);
  }
}

/** Throws what the signal was aborted with, or `late()` when it did not come to it within the time. */
export async function untilOr(
  clock: Clock,
  withinMs: number,
  isSo: () => Promise<boolean>,
  signal: AbortSignal,
  late: () => SwarmError,
): Promise<void> {
  if (await until(clock, withinMs, isSo, signal)) return;
  signal.throwIfAborted();
  throw late();
}
