// Winning and keeping the coordinator's lease. A holder that could not renew in time stops by itself; that its writes would
// be refused anyway is the fence's business.
import type { Lease, LeaseAnswer } from "../../contracts/record-lease.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";

export interface TenureLimits {
  /** Life of the lease without a renewal, ms: a dead leader is followed after it. */
  readonly ttlMs: number;
  readonly renewEveryMs: number;
}

/** Reference coordination §5. */
export const tenureLimits: TenureLimits = { ttlMs: 800, renewEveryMs: 200 };

export interface Candidate extends TenureLimits {
  readonly lease: Lease;
  readonly clock: Clock;
  /** Unique per life of a process. */
  readonly holder: string;
}

const shortestLookMs = 20;

/** Waits on standby until the lease is won; its token. Null when the signal aborts first. */
export async function winTenure(
  { lease, clock, holder, ttlMs }: Candidate,
  signal: AbortSignal,
): Promise<number | null> {
  while (!signal.aborted) {
    const answer = await askFor(lease, holder, ttlMs);
    if (answer?.outcome === "held") return answer.lease.token;
    const leftMs = answer?.outcome === "busy" ? answer.lease.remainingMs + 1 : 0;
    await clock.sleep(Math.max(shortestLookMs, leftMs), signal).catch(() => undefined);
  }
  return null;
}

/** Renews until the signal aborts or the tenure is over. */
export async function keepTenure(
  { lease, clock, ttlMs, renewEveryMs }: Candidate,
  token: number,
  signal: AbortSignal,
): Promise<void> {
  // From before the question: the record counts the lease from its answer, so this end comes first.
  let keptNs = clock.monotonicNs();
  while (!signal.aborted) {
    await clock.sleep(renewEveryMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    const askedNs = clock.monotonicNs();
    const leftMs = ttlMs - Number(askedNs - keptNs) / 1e6;
    if (leftMs <= 0) return;
    const late = clock.sleep(leftMs, signal).then(
      () => "late" as const,
      () => "late" as const,
    );
    const answer = await Promise.race([lease.renew(token, ttlMs).catch(() => null), late]);
    if (answer === "late" || (answer !== null && answer.outcome !== "held")) return;
    if (answer !== null) keptNs = askedNs;
  }
}

/** Null when the record does not answer now: it is asked again. */
async function askFor(lease: Lease, holder: string, ttlMs: number): Promise<LeaseAnswer | null> {
  try {
    return await lease.acquire({ holder, ttlMs });
  } catch (thrown) {
    if (thrown instanceof SwarmError && thrown.row.retry !== "never") return null;
    throw thrown;
  }
}
