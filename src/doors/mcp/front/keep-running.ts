// Keeps one worker running: a dead one is followed by the next after a growing pause, until too many died young in a row.
import type { Clock } from "../../../host/clock.ts";
import type { Log } from "../../../host/log.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface KeepOptions {
  start(): WorkerProcess;
  /** A worker is there. */
  up(worker: WorkerProcess): void;
  /** It is gone without having been asked. */
  down(): void;
  /** No further one will be started. */
  failed(): void;
  readonly clock: Clock;
  readonly log: Log;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** One that lived this long counts as healthy. */
const healthyMs = 5_000;
const mostYoungDeaths = 10;

/** Starts the first worker before it returns; the result ends whatever runs and starts no other. */
export function keepRunning(options: KeepOptions): () => Promise<void> {
  const { clock, log } = options;
  const stopped = new AbortController();
  let current: WorkerProcess | null = null;
  let youngDeaths = 0;
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const startedNs = clock.monotonicNs();
      current = options.start();
      options.up(current);
      const how = await current.gone;
      current = null;
      if (stopped.signal.aborted) return;
      const livedMs = Number(clock.monotonicNs() - startedNs) / 1e6;
      youngDeaths = livedMs < healthyMs ? youngDeaths + 1 : 1;
      log.write("error", "the server process ended and is started again", { how, deaths: youngDeaths });
      options.down();
      if (youngDeaths >= mostYoungDeaths) return options.failed();
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (youngDeaths - 1));
      await clock.sleep(pauseMs, stopped.signal).catch(() => undefined);
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await current?.end();
    await running;
  };
}
