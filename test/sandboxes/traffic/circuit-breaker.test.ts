import { expect, it } from "vitest";
import {
  admit,
  closedBreaker,
  settle,
  type BreakerState,
  type Sign,
} from "../../../src/sandboxes/traffic/circuit-breaker.ts";

const settings = { failures: 3, openSeconds: 5 };
const second = 1_000_000_000n;

/** Sends one call at `nowNs` and settles it at once; the state after, or "rest". */
function call(state: BreakerState, nowNs: bigint, sign: Sign): BreakerState | "rest" {
  const admission = admit(state, nowNs);
  if (admission.kind === "rest") return "rest";
  const tried = admission.state.kind === "half-open";
  return settle(admission.state, { sign, tried, nowNs }, settings);
}

function failing(times: number, from: BreakerState = closedBreaker): BreakerState {
  let state = from;
  for (let i = 0; i < times; i++) state = settle(state, { sign: "sick", tried: false, nowNs: 0n }, settings);
  return state;
}

it("opens after as many failures in a row, and one success begins the count again", () => {
  expect(failing(2)).toEqual({ kind: "closed", failures: 2 });
  expect(failing(3)).toEqual({ kind: "open", openings: 1, untilNs: 5n * second });
  const recovered = settle(failing(2), { sign: "healthy", tried: false, nowNs: 0n }, settings);
  expect(failing(2, recovered)).toEqual({ kind: "closed", failures: 2 });
});

it("sends nothing while open, then lets exactly one call try", () => {
  const open = failing(3);
  expect(admit(open, 2n * second)).toEqual({ kind: "rest", waitMs: 3_000 });
  const trying = admit(open, 5n * second);
  expect(trying).toEqual({ kind: "go", state: { kind: "half-open", openings: 1 } });
  if (trying.kind === "go") expect(admit(trying.state, 6n * second)).toEqual({ kind: "rest", waitMs: 0 });
  expect(call(open, 5n * second, "healthy")).toEqual(closedBreaker);
});

it("rests twice as long after each try that fails, a minute at most", () => {
  let state = failing(3);
  let now = 5n * second;
  for (const seconds of [10n, 20n, 40n, 60n, 60n]) {
    const after = call(state, now, "sick");
    if (after === "rest" || after.kind !== "open") throw new Error(`is ${JSON.stringify(after)}`);
    expect(after.untilNs - now).toBe(seconds * second);
    [state, now] = [after, after.untilNs];
  }
});

it("takes no notice of calls from before it opened", () => {
  const open = failing(3);
  expect(settle(open, { sign: "healthy", tried: false, nowNs: second }, settings)).toBe(open);
  const trying: BreakerState = { kind: "half-open", openings: 1 };
  expect(settle(trying, { sign: "healthy", tried: false, nowNs: second }, settings)).toBe(trying);
  expect(settle(trying, { sign: "sick", tried: false, nowNs: second }, settings)).toBe(trying);
});

it("counts a call that told nothing neither for nor against the target, and lets the next one try", () => {
  const told = (from: BreakerState, tried: boolean): BreakerState =>
    settle(from, { sign: "nothing", tried, nowNs: 9n * second }, settings);
  expect(told(failing(2), false)).toEqual({ kind: "closed", failures: 2 });
  const again = told({ kind: "half-open", openings: 2 }, true);
  expect(again).toEqual({ kind: "open", openings: 2, untilNs: 9n * second });
  expect(admit(again, 9n * second)).toEqual({ kind: "go", state: { kind: "half-open", openings: 2 } });
});
