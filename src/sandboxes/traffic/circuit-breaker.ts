// A target that fails again and again is left in peace for a while, then tried by one call. The machine is pure; whoever
// holds it tells the time. Only the target's own failures count: an answer that says no is an answer.
import type { BreakerSettings } from "../manager-settings.ts";

export type BreakerState =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly untilNs: bigint; readonly openings: number }
  | { readonly kind: "half-open"; readonly openings: number };

export const closedBreaker: BreakerState = { kind: "closed", failures: 0 };

/** Longest time during which nothing is sent, ms. */
const maxOpenMs = 60_000;

export type Admission =
  | { readonly kind: "go"; readonly state: BreakerState }
  /** Nothing may be sent for another `waitMs`, or until the call that tries has ended (0). */
  | { readonly kind: "rest"; readonly waitMs: number };

/** May a call go out now? In half-open the one call that tries is under way, and all others rest. */
export function admit(state: BreakerState, nowNs: bigint): Admission {
  switch (state.kind) {
    case "closed":
      return { kind: "go", state };
    case "open":
      if (nowNs >= state.untilNs) return { kind: "go", state: { kind: "half-open", openings: state.openings } };
      return { kind: "rest", waitMs: Math.ceil(Number(state.untilNs - nowNs) / 1e6) };
    case "half-open":
      return { kind: "rest", waitMs: 0 };
  }
}

/** What a call's end says about the target; `nothing` where both a sick and a healthy one could have been behind it. */
export type Sign = "healthy" | "sick" | "nothing";

export interface Settled {
  readonly sign: Sign;
  /** True for the one call that was let out of half-open. */
  readonly tried: boolean;
  readonly nowNs: bigint;
}

/** What a call's end makes of the state. Late ends of calls from before the opening change nothing. */
export function settle(state: BreakerState, { sign, tried, nowNs }: Settled, settings: BreakerSettings): BreakerState {
  switch (state.kind) {
    case "closed": {
      if (sign === "nothing") return state;
      if (sign === "healthy") return closedBreaker;
      const failures = state.failures + 1;
      return failures < settings.failures ? { kind: "closed", failures } : opened(1, nowNs, settings);
    }
    case "open":
      return state;
    case "half-open":
      if (!tried) return state;
      // A try that told nothing leaves the next call to try, at once.
      if (sign === "nothing") return { kind: "open", openings: state.openings, untilNs: nowNs };
      return sign === "healthy" ? closedBreaker : opened(state.openings + 1, nowNs, settings);
  }
}

function opened(openings: number, nowNs: bigint, { openSeconds }: BreakerSettings): BreakerState {
  const openMs = Math.min(maxOpenMs, openSeconds * 1_000 * 2 ** Math.min(openings - 1, 10));
  return { kind: "open", openings, untilNs: nowNs + BigInt(Math.round(openMs * 1e6)) };
}
