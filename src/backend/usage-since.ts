// What a piece of work used of sandboxes that may have been there before it, and may be there after: the difference of two
// readings. Meters never go back, so no second is counted twice or lost between two pieces.
import type { MeterReading } from "../contracts/sandbox.ts";

export interface WorkReading extends MeterReading {
  /** 1 when it was created for this work, 0 when it was there before. */
  readonly creations: number;
}

/** Readings of `ids` from `before` until `now`. */
export function usageSince(
  before: readonly MeterReading[],
  now: readonly MeterReading[],
  ids: ReadonlySet<string>,
): readonly WorkReading[] {
  const known = new Map(before.map(({ sandboxId, ranNs }) => [sandboxId, ranNs]));
  return now
    .filter(({ sandboxId }) => ids.has(sandboxId))
    .map((reading) => {
      const ranBeforeNs = known.get(reading.sandboxId);
      return { ...reading, ranNs: reading.ranNs - (ranBeforeNs ?? 0n), creations: ranBeforeNs === undefined ? 1 : 0 };
    });
}
