// A partly open model (Schroeder, Wierman, Harchol-Balter, NSDI 2006): sessions arrive when the plan says, whatever became
// of earlier ones; inside a session each step follows the one before it. A slow session never delays another's arrival.
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { now, waitUntil, type Bench } from "./schedule.ts";

/** Sessions under way at once; beyond it an arrival waits, and its wait counts as lateness. */
const mostSessions = 32;
/** An arrival that found no free place for so long is dropped, ns. */
const slotWaitNs = 5_000_000_000;

export interface Sessions {
  /** Starts a session at `at` ns from the origin and resolves with true when it has started, with false when there was no
   * free place in time. */
  launch(at: number, session: () => Promise<void>): Promise<boolean>;
  /** Resolves when every session has ended; throws what the first broken one threw. */
  ended(): Promise<void>;
}

export function openSessions(bench: Bench): Sessions {
  const open = new Set<Promise<void>>();
  const broken: unknown[] = [];
  return {
    async launch(at, session) {
      await waitUntil(bench, at);
      while (open.size >= mostSessions) {
        const waitMs = (at + slotWaitNs - now(bench)) / 1e6;
        if (waitMs <= 0) return false;
        await Promise.race([...open, bench.clock.sleep(waitMs)]);
      }
      const running = session()
        .catch((thrown: unknown) => void broken.push(thrown))
        .finally(() => open.delete(running));
      open.add(running);
      return true;
    },
    async ended() {
      await Promise.all(open);
      const [first] = broken;
      if (first !== undefined) throw SwarmError.from(first);
    },
  };
}
