// A question to the record whose answer may be lost is asked again until there is one. Only for what may be asked twice: reads,
// puts and deletes of a key, and changes that know their own handwriting.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "./clock.ts";

export interface Patience {
  readonly maxTries: number;
  readonly pauseMs: number;
}

const tenSeconds: Patience = { maxTries: 200, pauseMs: 50 };

/** Passes on every fault but a lost answer, and that one too when patience ends. */
export async function untilRecorded<Answer>(
  clock: Clock,
  ask: () => Promise<Answer>,
  { maxTries, pauseMs }: Patience = tenSeconds,
): Promise<Answer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (thrown) {
      if (tried === maxTries || !isPassing(thrown)) throw thrown;
      await clock.sleep(pauseMs);
    }
  }
}

function isPassing(thrown: unknown): boolean {
  return thrown instanceof SwarmError && ["memory.indeterminate", "memory.unavailable"].includes(thrown.code);
}
