// A client's own limit: at most so many requests in any minute, so that a provider's limit is met before it says so.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";

const minuteMs = 60_000;

export interface Pace {
  /** Waits until one more request may leave. Throws `feed.rate-limited` when that would take longer than `withinMs`. */
  take(withinMs: number, signal?: AbortSignal): Promise<void>;
}

export function openPace(host: string, perMinute: number, clock: Clock): Pace {
  // Times at which the last requests left, or will leave, oldest first; never more than `perMinute`.
  const left: number[] = [];
  return {
    async take(withinMs, signal) {
      const now = Number(clock.monotonicNs()) / 1e6;
      const oldest = left.length < perMinute ? undefined : left[0];
      const at = oldest === undefined ? now : Math.max(now, oldest + minuteMs);
      if (at - now > withinMs) throw exhausted(host, perMinute, at - now);
      if (oldest !== undefined) left.shift();
      left.push(at);
      if (at > now) await clock.sleep(at - now, signal);
    },
  };
}

function exhausted(host: string, perMinute: number, waitMs: number): SwarmError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new SwarmError(
    "feed.rate-limited",
    `Cannot ask ${host} again yet: ${perMinute} requests left for it within the last minute, which is this program's limit`,
    { hint: `Ask again in ${seconds} s`, details: { host, retryAfterSeconds: seconds } },
  );
}
