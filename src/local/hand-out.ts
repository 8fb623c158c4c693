// From a cell to a tenant's: who takes it gets an answer at once, while its agent still starts and learns whose it is.
// Whatever needs the agent waits for both. A sandbox whose agent never comes up is a sandbox that died.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Log } from "../host/log.ts";
import type { BootQueue } from "./boot-queue.ts";
import type { Cell } from "./isolation/backend.ts";

export type HandedCell = Cell & { readonly ready: () => Promise<void> };

export interface HandOut {
  readonly boots: BootQueue;
  readonly log: Log;
  /** Its agent listens already: the introduction needs no turn. */
  readonly isBooted: boolean;
  /** Tells the agent whose sandbox it is. */
  readonly introduce: (cell: Cell) => Promise<void>;
}

export function handOut(cell: Cell, options: HandOut): HandedCell {
  let killed = false;
  const comeUp = async (): Promise<void> => {
    if (killed) throw gone();
    try {
      await cell.boot?.();
      await options.introduce(cell);
    } catch (cause) {
      if (!killed) options.log.write("error", "a sandbox died: its agent did not come up", { reason: String(cause) });
      await cell.kill();
      throw gone(cause);
    }
  };
  const turn = options.isBooted ? { done: comeUp(), hurry: () => undefined } : options.boots.add(comeUp);
  // Whoever needs it hears of it; when nobody does, the log has said so.
  turn.done.catch(() => undefined);
  const ready = async (): Promise<void> => {
    turn.hurry();
    return turn.done;
  };
  return {
    ...cell,
    ready,
    freeze: async () => ready().then(async () => cell.freeze()),
    capture: async (to) => ready().then(async () => cell.capture(to)),
    kill: async () => {
      killed = true;
      await cell.kill();
    },
  };
}

function gone(cause?: unknown): SwarmError {
  return new SwarmError("sandbox.gone", "Cannot reach the sandbox: it died before its agent was ready", { cause });
}
