// The boards of swarms, read once for everybody who asks within half a second.
import type { Board } from "../../backend/live/board.ts";
import type { Observatory } from "../../backend/live/observatory.ts";
import type { Clock } from "../../host/clock.ts";

export interface Boards {
  /** Throws what reading it threw. */
  get(swarmId: string): Promise<Board>;
  /** Of the swarms served, the latest first; one that has just gone is left out. */
  all(): Promise<readonly Board[]>;
}

const freshMs = 500;
/** Swarms shown and measured at once. */
const mostBoards = 50;

export function openBoards(observatory: Observatory, clock: Clock, only: string | null): Boards {
  const kept = new Map<string, { readonly atNs: bigint; readonly board: Promise<Board> }>();
  const get = (swarmId: string): Promise<Board> => {
    const nowNs = clock.monotonicNs();
    for (const [id, { atNs }] of kept) if (Number(nowNs - atNs) / 1e6 > freshMs) kept.delete(id);
    const known = kept.get(swarmId);
    if (known !== undefined) return known.board;
    const board = observatory.board(swarmId);
    kept.set(swarmId, { atNs: nowNs, board });
    return board;
  };
  return {
    get,
    async all() {
      const listed = (await observatory.swarms()).filter(({ swarmId }) => only === null || swarmId === only);
      const read = await Promise.allSettled(listed.slice(0, mostBoards).map(({ swarmId }) => get(swarmId)));
      return read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    },
  };
}
