// The sandboxes of a backtest live as long as it runs, a stretch at a time: when this process dies nothing extends any more and
// they end by themselves. No stretch is begun that the budget does not cover.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Cancel, Clock } from "../../host/clock.ts";
import type { Sandboxes } from "../../sandboxes/open-sandboxes.ts";

/** What a sandbox lives from its start and from each extension on. */
export const lifeSeconds = 600;
/** Two more tries before the end when one fails. */
const everySeconds = 200;

export interface Life {
  readonly clock: Clock;
  readonly sandboxes: Pick<Sandboxes, "extend">;
  /** Those that are still asked. */
  readonly living: () => readonly string[];
  /** Throws when sandboxes that live so long altogether could cost more than allowed. */
  readonly afford: (seconds: number) => void;
  readonly note: (sentence: string) => void;
}

/** Extends until it is cancelled, or until the budget is used up; then they live out their stretch. */
export function keepAlive({ clock, sandboxes, living, afford, note }: Life): Cancel {
  let plannedSeconds = lifeSeconds;
  const extend = async (sandboxId: string): Promise<void> => {
    try {
      await sandboxes.extend(sandboxId, lifeSeconds);
    } catch (thrown) {
      // When it is gone its agent says so.
      note(`${sandboxId} was not extended: ${SwarmError.from(thrown).message}`);
    }
  };
  const cancel = clock.every(everySeconds * 1_000, () => {
    plannedSeconds += everySeconds;
    try {
      afford(plannedSeconds);
    } catch (thrown) {
      cancel();
      return note(`the sandboxes are not extended any more: ${SwarmError.from(thrown).message}`);
    }
    for (const sandboxId of living()) void extend(sandboxId);
  });
  return cancel;
}
