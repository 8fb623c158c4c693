import { expect, it } from "vitest";
import type { Clock } from "../../../src/host/clock.ts";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { added, bucketOf, quantileOf, type Buckets } from "../../../src/swarm/runtime/log-histogram.ts";
import { openMeters } from "../../../src/swarm/runtime/meters.ts";

function bucketsOf(values: readonly number[]): Buckets {
  return values.map((value): Buckets => ({ [bucketOf(value)]: 1 })).reduce(added, {});
}

it("reads a quantile that is never below the true one and at most 9.1 % above it", () => {
  const random = seededRandom(3);
  const values = Array.from({ length: 5_000 }, () => 10 ** (4 * random.next() - 1));
  const sorted = values.toSorted((a, b) => a - b);
  const buckets = bucketsOf(values);
  for (const q of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? Number.NaN;
    const ratio = (quantileOf(buckets, q) ?? 0) / exact;
    expect(ratio).toBeGreaterThanOrEqual(1 - 1e-6);
    expect(ratio).toBeLessThan(2 ** (1 / 8) + 1e-6);
  }
  expect(quantileOf({}, 0.5)).toBeNull();
  expect(quantileOf(bucketsOf([8]), 0.5)).toBe(8);
});

it("counts what ended in each minute, and gives a minute again only when it has grown", () => {
  let nowMs = 120_000;
  let nowNs = 0n;
  const clock: Clock = { ...realClock, nowMs: () => nowMs, monotonicNs: () => nowNs };
  const meters = openMeters(clock);
  const done = (taskId: string): void => meters.saw({ kind: "done", taskId, fence: 1, result: "" });
  meters.offered("a");
  meters.offered("b");
  nowNs += 4_000_000n;
  done("a");
  const first = { atMs: 120_000, done: 1, dead: 0, expired: 0, votes: 0, sumMs: 4, leastMs: 4, mostMs: 4 };
  expect(meters.takeMinutes()).toEqual([{ ...first, buckets: { 16: 1 } }]);
  expect(meters.takeMinutes()).toEqual([]);
  nowMs += 61_000;
  nowNs += 4_000_000n;
  done("b");
  meters.saw({ kind: "expired", agentId: "x", taskId: "c", fence: 1 });
  const second = { ...first, atMs: 180_000, expired: 1, sumMs: 8, leastMs: 8, mostMs: 8 };
  expect(meters.takeMinutes()).toEqual([{ ...second, buckets: { 24: 1 } }]);
  meters.saw({ kind: "recovered", agentId: "x", downMs: 3 });
  expect(meters.tally()).toMatchObject({ done: 2, expired: 1, recovered: 1, dead: 0 });
});
