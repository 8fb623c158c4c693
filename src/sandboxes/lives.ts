// How long a sandbox lives from now, at the target and in our meter, so that the meter never stops before the sandbox does.
// One after the other for each sandbox: a leash that is just being renewed must not cut short the lease that comes after it.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import type { LeaseBook } from "./lease-book.ts";
import { requestTimeoutMs } from "./limits.ts";
import type { Reach } from "./reach.ts";

export interface Lives {
  /** Throws `sandbox.not-found` and what asking throws. */
  set(sandboxId: string, seconds: number): Promise<void>;
}

interface LivesOptions {
  readonly ask: Reach["ask"];
  readonly book: LeaseBook;
  readonly clock: Clock;
  /** Told of a sandbox that the target no longer knows. */
  readonly lose: (sandboxId: string) => void;
}

export function openLives({ ask, book, clock, lose }: LivesOptions): Lives {
  /** Of each sandbox the life that is being set. */
  const underWay = new Map<string, Promise<void>>();
  const setNow = async (sandboxId: string, seconds: number): Promise<void> => {
    const doing = { what: `set the life of ${sandboxId}`, about: "sandbox", repeatable: true } as const;
    await ask(doing, ({ Sandbox }) => Sandbox.setTimeout(sandboxId, seconds * 1_000, { requestTimeoutMs })).catch(
      (thrown: unknown) => {
        if (SwarmError.from(thrown).code === "sandbox.not-found") lose(sandboxId);
        throw thrown;
      },
    );
    const lease = book.find(sandboxId);
    if (lease?.state.kind !== "running") return;
    const endsNs = clock.monotonicNs() + BigInt(Math.round(seconds * 1e9));
    book.advance(lease.leaseId, { kind: "life-set", endsNs });
  };
  return {
    set(sandboxId, seconds) {
      const before = underWay.get(sandboxId) ?? Promise.resolve();
      const set = before.catch(() => undefined).then(() => setNow(sandboxId, seconds));
      underWay.set(sandboxId, set);
      const forget = (): void => void (underWay.get(sandboxId) === set && underWay.delete(sandboxId));
      set.then(forget, forget);
      return set;
    },
  };
}
