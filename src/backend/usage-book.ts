// What pieces of work used of sandboxes that may have been there before them, may be there after, and may go from one to the
// other while both run. One book per process: every second and every creation is paid once, by the first that asks for its
// sandboxes after it. So a pooled sandbox's wait and its making ahead are paid by who then has it.
import type { MeterReading } from "../contracts/sandbox.ts";

export interface WorkReading extends MeterReading {
  /** 1 when nobody paid for its creation yet, else 0. */
  readonly creations: number;
}

/** Readings of `ids` since each was last asked for; what is given is paid. */
export type UsageBook = (ids: ReadonlySet<string>) => readonly WorkReading[];

export function openUsageBook(meters: () => readonly MeterReading[]): UsageBook {
  const paid = new Map<string, bigint>();
  return (ids) =>
    meters()
      .filter(({ sandboxId }) => ids.has(sandboxId))
      .map((reading) => {
        const { sandboxId, ranNs } = reading;
        const paidNs = paid.get(sandboxId);
        paid.set(sandboxId, ranNs);
        return { ...reading, ranNs: ranNs - (paidNs ?? 0n), creations: paidNs === undefined ? 1 : 0 };
      });
}
