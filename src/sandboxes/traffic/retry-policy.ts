// May the same call be sent again, and when? Only where the fault's row permits it, and only when either nothing happened
// (definite) or happening twice changes nothing (a question, an end). Full jitter, so that many callers do not return at once.
import type { SwarmError } from "../../contracts/swarm-error.ts";
import type { Random } from "../../host/random.ts";

export interface Attempt {
  /** Times it was sent until now, at least 1. */
  readonly sent: number;
  /** Most times it may be sent again. */
  readonly retries: number;
  /** True when asking twice changes nothing that asking once does not. */
  readonly repeatable: boolean;
}

const firstDelayMs = 100;
const longestDelayMs = 2_000;

/** Milliseconds to wait before it is sent again; null = it is not. */
export function retryDelayMs(fault: SwarmError, { sent, retries, repeatable }: Attempt, random: Random): number | null {
  const { retry, definite } = fault.row;
  if (sent > retries || retry === "never") return null;
  if (!definite && !repeatable) return null;
  // A quota is freed by releasing something, a resting target by time: neither by asking.
  if (fault.code === "sandbox.quota" || fault.code === "target.resting") return null;
  // Our own refusal of a turn says how far off it is, the target's does not: it would only be further off.
  if (fault.code === "sandbox.rate-limited" && fault.details.waitMs !== undefined) return null;
  return Math.ceil(random.next() * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(sent, 10)));
}
