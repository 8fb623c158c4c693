// The calls in flight of one server process and the backend they share: opened by the first call, closed after the last.
import type { DoorBackend } from "../door-backend.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";

/** How long aborted calls may clean up after the client is gone. */
const cleanUpMs = 2_000;

export interface Calls {
  readonly backend: () => Promise<DoorBackend>;
  /** Runs `work` with a signal that the client's cancellation or the end of the connection aborts. */
  run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts what runs, waits for its cleanup within a limit, closes the backend. */
  end(): Promise<void>;
}

export function openCalls(open: () => Promise<DoorBackend>, clock: Clock): Calls {
  const over = new AbortController();
  const inFlight = new Set<Promise<unknown>>();
  let opened: Promise<DoorBackend> | null = null;
  return {
    backend: () => {
      // A failed opening is forgotten, so that the next call may find the target back.
      opened ??= open().catch((thrown: unknown) => {
        opened = null;
        throw thrown;
      });
      return opened;
    },
    async run(signal, work) {
      const running = work(AbortSignal.any([signal, over.signal]));
      inFlight.add(running);
      try {
        return await running;
      } finally {
        inFlight.delete(running);
      }
    },
    async end() {
      over.abort(new SwarmError("cancelled", "Stopped: the client closed the connection"));
      const enough = new AbortController();
      const limit = clock.sleep(cleanUpMs, enough.signal).catch(() => undefined);
      const settled = Promise.allSettled(inFlight).then(async () => (await opened?.catch(() => null))?.close());
      await Promise.race([settled.catch(() => undefined), limit]);
      enough.abort();
    },
  };
}
