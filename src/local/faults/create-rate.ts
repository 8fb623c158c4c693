// The pace of creates under a profile: so many in any second; more are told when to come back.
import type { Clock } from "../../host/clock.ts";
import { problem, type Answer } from "../answer.ts";

const secondNs = 1_000_000_000n;

/** Counts a create; null when it may go on. */
export type CreateRate = () => Answer | null;

export function createRate(perSecond: number, clock: Clock): CreateRate {
  // At most `perSecond` times: refused creates are not counted.
  const recent: bigint[] = [];
  return () => {
    const now = clock.monotonicNs();
    while (recent[0] !== undefined && now - recent[0] >= secondNs) recent.shift();
    const [oldest] = recent;
    if (recent.length < perSecond || oldest === undefined) {
      recent.push(now);
      return null;
    }
    const waitSeconds = String((oldest + secondNs - now + secondNs - 1n) / secondNs);
    return problem(429, "Rate limit exceeded", {
      "retry-after": waitSeconds,
      "ratelimit-limit": String(perSecond),
      "ratelimit-remaining": "0",
      "ratelimit-reset": waitSeconds,
    });
  };
}
