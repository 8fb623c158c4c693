// Agents start here, after the answer to the create that wanted them: in the background while nobody waits for a sandbox,
// and at once when a request for theirs has come. An agent's start is the dearest thing this server does.
import type { Clock } from "../host/clock.ts";

export interface BootQueue {
  add(boot: () => Promise<void>): Boot;
}

export interface Boot {
  /** Settles as the boot does. */
  readonly done: Promise<void>;
  /** Somebody waits: it goes before everything in the background. */
  hurry(): void;
}

export interface BootQueueOptions {
  readonly clock: Clock;
  readonly width: number;
  /** True while the cores are free for what nobody waits for. */
  readonly isQuiet: () => boolean;
}

const lookAgainMs = 10;

interface Entry {
  readonly run: () => Promise<void>;
  hurried: boolean;
}

/** Bounded by the sandboxes that may run: each adds one boot. */
export function createBootQueue({ clock, width, isQuiet }: BootQueueOptions): BootQueue {
  const waiting: Entry[] = [];
  let running = 0;
  let looking = false;
  const lookAgain = (): void => {
    if (looking) return;
    looking = true;
    clock.after(lookAgainMs, () => {
      looking = false;
      pump();
    });
  };
  const next = (): Entry | undefined => {
    const hurried = waiting.findIndex((entry) => entry.hurried);
    if (hurried !== -1) return waiting.splice(hurried, 1)[0];
    if (isQuiet()) return waiting.shift();
    lookAgain();
  };
  const pump = (): void => {
    while (waiting.length > 0 && running < width) {
      const entry = next();
      if (entry === undefined) return;
      running++;
      void entry.run().finally(() => {
        running--;
        pump();
      });
    }
  };
  return {
    add(boot) {
      let entry: Entry | null = null;
      const done = new Promise<void>((resolve, reject) => {
        entry = { hurried: false, run: async () => boot().then(resolve, reject) };
        waiting.push(entry);
      });
      lookAgain();
      const hurry = (): void => {
        if (entry === null || entry.hurried) return;
        entry.hurried = true;
        pump();
      };
      return { done, hurry };
    },
  };
}
