// Freeze, thaw and capture of one cell, one after the other however they are called. A dying cell is never held: what is
// frozen cannot act on SIGKILL everywhere, so release() lets it go at once and for good.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";
import { continueAll, stopAll } from "./process-tree.ts";
import { removeFolder } from "./remove-folder.ts";

export interface Brake {
  /** Resolves when nothing in the cell runs. `givenUp` is true once the cell must die instead. */
  stop(givenUp: () => boolean): Promise<void>;
  /** Lets everything go on; harmless when nothing is stopped. */
  go(): void;
}

/** Where no freezer exists: SIGSTOP to each process, SIGCONT to those that it stopped. */
export function signalBrake(find: () => readonly number[], clock: Clock): Brake {
  let stopped: readonly ProcessIdentity[] = [];
  return {
    async stop() {
      stopped = await stopAll(find, clock);
    },
    go() {
      continueAll(stopped);
      stopped = [];
    },
  };
}

export interface Stillness {
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  readonly capture: (to: string, copy: () => Promise<void>) => Promise<void>;
  readonly release: () => void;
}

export function createStillness(brake: Brake): Stillness {
  let frozen = false;
  let dying = false;
  let last: Promise<void> = Promise.resolve();
  const inTurn = async (task: () => Promise<void>): Promise<void> => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
  const stop = async (): Promise<void> => {
    if (dying) throw gone();
    try {
      await brake.stop(() => dying);
    } catch (cause) {
      brake.go();
      throw cause;
    }
    if (!dying) return;
    brake.go();
    throw gone();
  };
  return {
    freeze: async () =>
      inTurn(async () => {
        if (!frozen || dying) await stop();
        frozen = true;
      }),
    thaw: async () =>
      inTurn(async () => {
        frozen = false;
        brake.go();
      }),
    capture: async (to, copy) =>
      inTurn(async () => {
        if (!frozen) await stop();
        try {
          await copy();
        } finally {
          if (!frozen) brake.go();
        }
        // Its folder may have been deleted under the copy, which then is a part at best.
        if (!dying) return;
        await removeFolder(to);
        throw gone();
      }),
    release() {
      dying = true;
      brake.go();
    },
  };
}

function gone(): SwarmError {
  return new SwarmError("sandbox.gone", "Cannot hold the sandbox still: it ended meanwhile");
}
