// What follows a failure: restart the program, replace its sandbox, escalate. Each rung has a restart intensity as in
// Erlang/OTP supervisors (at most n in t seconds), and waits longer each time, with jitter so that a crowd does not return at once.
import type { Random } from "../../host/random.ts";

export interface LadderPolicy {
  readonly maxRestarts: number;
  readonly maxReplacements: number;
  /** Window of both limits, ms. */
  readonly withinMs: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Share of a wait that is random, 0 to 1. */
  readonly jitter: number;
}

/** Times of what was done, observer's ms; only those within the window are kept. */
export interface LadderHistory {
  readonly restarts: readonly number[];
  readonly replacements: readonly number[];
}

export type Rung =
  | { readonly rung: "restart" | "replace"; readonly waitMs: number; readonly history: LadderHistory }
  | { readonly rung: "escalate"; readonly history: LadderHistory };

export interface Fall {
  readonly nowMs: number;
  readonly policy: LadderPolicy;
  readonly random: Random;
  /** The sandbox itself is lost: the first rung is skipped. */
  readonly sandboxGone: boolean;
}

/** The next rung for an agent that failed now. A replaced sandbox begins with a clean record of restarts. */
export function climb(history: LadderHistory, { nowMs, policy, random, sandboxGone }: Fall): Rung {
  const recent = (times: readonly number[]): readonly number[] => times.filter((at) => nowMs - at < policy.withinMs);
  const [restarts, replacements] = [recent(history.restarts), recent(history.replacements)];
  if (!sandboxGone && restarts.length < policy.maxRestarts) {
    const waitMs = backOff(restarts.length, policy, random);
    return { rung: "restart", waitMs, history: { restarts: [...restarts, nowMs], replacements } };
  }
  if (replacements.length < policy.maxReplacements) {
    const waitMs = backOff(replacements.length, policy, random);
    return { rung: "replace", waitMs, history: { restarts: [], replacements: [...replacements, nowMs] } };
  }
  return { rung: "escalate", history: { restarts, replacements } };
}

/** first x 2^n, at most the longest, of which the `jitter` share is drawn. */
export function backOff(times: number, policy: LadderPolicy, random: Random): number {
  const full = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** times);
  return full * (1 - policy.jitter) + full * policy.jitter * random.next();
}
