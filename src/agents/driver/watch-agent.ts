// Hang detection: an agent that lives but no longer beats. A tick of our own that came late is our absence, not the agent's.
import type { Cancel, Clock } from "../../host/clock.ts";
import { beatEveryMs } from "../../contracts/frame-limits.ts";
import { silentAfterMs } from "./limits.ts";
import type { Agent } from "./start-agent.ts";

export interface WatchOptions {
  readonly clock: Clock;
  /** Default 1,000 ms. */
  readonly silentAfterMs?: number;
  /** Called once, with how long nothing was heard. */
  readonly onSilent: (silentNs: bigint) => void;
}

/** Watches until cancelled or silent. */
export function watchAgent(agent: Pick<Agent, "lastHeardNs">, options: WatchOptions): Cancel {
  const { clock, onSilent } = options;
  const limitNs = BigInt(options.silentAfterMs ?? silentAfterMs) * 1_000_000n;
  const tickNs = BigInt(beatEveryMs) * 1_000_000n;
  let lastTickNs = clock.monotonicNs();
  let absentUntilNs = lastTickNs;
  const cancel = clock.every(
    beatEveryMs,
    () => {
      const nowNs = clock.monotonicNs();
      if (nowNs - lastTickNs > 2n * tickNs) absentUntilNs = nowNs;
      lastTickNs = nowNs;
      const heardNs = agent.lastHeardNs();
      const sinceNs = heardNs > absentUntilNs ? heardNs : absentUntilNs;
      if (nowNs - sinceNs <= limitNs) return;
      cancel();
      onSilent(nowNs - heardNs);
    },
    { unref: true },
  );
  return cancel;
}
