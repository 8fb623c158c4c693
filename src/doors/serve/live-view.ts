// What changed on the page of a swarm, sent to those who look at it: made once for all of them, at most twice a second, and now and
// then without any change, because a leader that died says nothing.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Boards } from "./boards.ts";
import { sectionsOf, swarmsTable } from "./sections.ts";

export interface LiveView {
  /** Something happened in the swarm. */
  readonly changed: (swarmId: string) => void;
  /** Counts a viewer until what it returns is called. */
  watch(swarmId: string): () => void;
  /** All of it, for a viewer that has just come. */
  whole(swarmId: string): Promise<string>;
  close(): void;
}

export interface LiveViewOptions {
  readonly boards: Boards;
  readonly clock: Clock;
  readonly log: Log;
  readonly say: (swarmId: string, data: string) => void;
}

const soonMs = 500;
const everyMs = 3_000;

interface Shown {
  viewers: number;
  isComing: boolean;
  last: Readonly<Record<string, string>>;
}

export function openLiveView({ boards, clock, log, say }: LiveViewOptions): LiveView {
  const shown = new Map<string, Shown>();
  const partsOf = async (swarmId: string): Promise<Readonly<Record<string, string>>> => {
    const [board, all] = await Promise.all([boards.get(swarmId), boards.all()]);
    return { swarms: swarmsTable(all, swarmId), ...sectionsOf(board) };
  };
  const tell = async (swarmId: string, one: Shown): Promise<void> => {
    const parts = await partsOf(swarmId);
    const changed = Object.entries(parts).filter(([id, html]) => one.last[id] !== html);
    one.last = parts;
    if (changed.length > 0) say(swarmId, JSON.stringify(Object.fromEntries(changed)));
  };
  const plan = (swarmId: string, one: Shown): void => {
    if (one.isComing) return;
    one.isComing = true;
    clock.after(
      soonMs,
      () => {
        one.isComing = false;
        if (shown.get(swarmId) !== one) return;
        tell(swarmId, one).catch((thrown: unknown) => {
          log.write("warn", "a page could not be brought up to date", { reason: SwarmError.from(thrown).message });
        });
      },
      { unref: true },
    );
  };
  const stop = clock.every(everyMs, () => {
    for (const [swarmId, one] of shown) plan(swarmId, one);
  });
  return {
    changed(swarmId) {
      const one = shown.get(swarmId);
      if (one !== undefined) plan(swarmId, one);
    },
    watch(swarmId) {
      const one = shown.get(swarmId) ?? { viewers: 0, isComing: false, last: {} };
      shown.set(swarmId, one);
      one.viewers += 1;
      return () => {
        one.viewers -= 1;
        if (one.viewers === 0) shown.delete(swarmId);
      };
    },
    whole: async (swarmId) => JSON.stringify(await partsOf(swarmId)),
    close() {
      stop();
      shown.clear();
    },
  };
}
