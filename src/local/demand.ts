// How many sandboxes were lately asked for, and how long ago the last one was.
import type { Clock } from "../host/clock.ts";
import { limits } from "./limits.ts";

export interface Demand {
  note(): void;
  /** Requests within the window that counts as lately; never counts further than what is of use. */
  lately(): number;
  /** Milliseconds since the last request; endless before the first. */
  restedMs(): number;
}

export function createDemand(clock: Clock): Demand {
  const times: bigint[] = [];
  let last: bigint | null = null;
  return {
    note() {
      last = clock.monotonicNs();
      times.push(last);
      if (times.length > limits.standingCells) times.shift();
    },
    lately() {
      const since = clock.monotonicNs() - BigInt(limits.demandWindowMs) * 1_000_000n;
      return times.filter((time) => time >= since).length;
    },
    restedMs: () => (last === null ? Number.POSITIVE_INFINITY : Number(clock.monotonicNs() - last) / 1e6),
  };
}
