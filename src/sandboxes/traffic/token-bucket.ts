// A client-side rate limit: whoever asks waits for its turn, in the order of asking, and never longer than a named bound. The
// generic cell rate algorithm (ITU-T I.371): one number, the time at which the bucket would be full again.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";

export interface BucketSettings {
  /** Passes a second in the long run; 0 = no limit. */
  readonly perSecond: number;
  /** Passes at once after a pause; at least 1. */
  readonly burst: number;
  /** Longest wait for a turn, ms. */
  readonly maxWaitMs: number;
  /** What passes, for the sentence of a refusal. */
  readonly what: string;
}

export interface TokenBucket {
  /**
   * Resolves when it is the caller's turn. Throws `sandbox.rate-limited` at once when that would take too long; never for a
   * patient caller.
   */
  take(patient?: boolean): Promise<void>;
}

export function openTokenBucket(clock: Clock, settings: BucketSettings): TokenBucket {
  const { perSecond, burst, maxWaitMs, what } = settings;
  if (perSecond === 0) return { take: () => Promise.resolve() };
  const spacingNs = 1e9 / perSecond;
  const slackNs = spacingNs * (Math.max(1, burst) - 1);
  const originNs = clock.monotonicNs();
  let fullAtNs = 0;
  return {
    async take(patient = false) {
      const nowNs = Number(clock.monotonicNs() - originNs);
      const startNs = Math.max(fullAtNs, nowNs);
      const waitMs = Math.ceil(Math.max(0, startNs - slackNs - nowNs) / 1e6);
      if (waitMs > maxWaitMs && !patient) throw tooMany(what, perSecond, waitMs);
      fullAtNs = startNs + spacingNs;
      if (waitMs > 0) await clock.sleep(waitMs);
    },
  };
}

function tooMany(what: string, perSecond: number, waitMs: number): SwarmError {
  const sentence = `Cannot send another ${what}: its turn at ${perSecond} a second would come in ${waitMs} ms`;
  return new SwarmError("sandbox.rate-limited", sentence, {
    hint: "Ask for fewer at once, or raise E2B_SWARM_REQUESTS_PER_SECOND or E2B_SWARM_CREATES_PER_SECOND",
    details: { waitMs },
  });
}
