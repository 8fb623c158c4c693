// A partly open model (Schroeder, Wierman, Harchol-Balter, NSDI 2006): sessions arrive when the plan says, whatever became
// of earlier ones; inside a session each step follows the one before it. A slow session never delays another's arrival.
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { waitUntil, type Bench } from "./schedule.ts";

/** Sessions under way at once; beyond it an arrival waits, and its wait counts as lateness. */
const mostSessions = 16;

export interface Sessions {
  /** Starts a session at `at` ns from the origin; resolves when it has started. */
  launch(at: number, session: () => Promise<void>): Promise<void>;
  /** Resolves when every session has ended; throws what the first broken one threw. */
  ended(): Promise<void>;
}

export function openSessions(bench: Bench): Sessions {
  const open = new Set<Promise<void>>();
  const broken: unknown[] = [];
  return {
    async launch(at, session) {
      await waitUntil(bench, at);
      while (open.size >= mostSessions) await Promise.race(open);
      const running = session()
        .catch((thrown: unknown) => void broken.push(thrown))
        .finally(() => open.delete(running));
      open.add(running);
    },
    async ended() {
      await Promise.all(open);
      const [first] = broken;
      if (first !== undefined) throw SwarmError.from(first);
    },
  };
}
