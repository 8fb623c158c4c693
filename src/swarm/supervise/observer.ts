// The observer's own time: it stands still while the observer was away. A process that was paused, or whose tick ran late,
// must not accuse everyone of silence, so a gap in what it saw is its own absence and extends every deadline by itself.

export interface Observer {
  /** Time of the last event, ms of a monotonic clock. */
  atMs: number;
  /** How long it was away in all, ms. */
  absentMs: number;
}

/** Moves to the time of an event. Ticks come every `tickMs`; nothing for two of them is absence. Returns its own time. */
export function observe(observer: Observer, atMs: number, tickMs: number): number {
  const gapMs = atMs - observer.atMs;
  if (gapMs > 2 * tickMs) observer.absentMs += gapMs - tickMs;
  if (gapMs > 0) observer.atMs = atMs;
  return ownMs(observer);
}

export function ownMs({ atMs, absentMs }: Observer): number {
  return atMs - absentMs;
}
