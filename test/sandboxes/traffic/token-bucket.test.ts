import * as fc from "fast-check";
import { expect, it } from "vitest";
import { simulatedClock } from "../../../src/host/clock.ts";
import { openTokenBucket } from "../../../src/sandboxes/traffic/token-bucket.ts";

const what = "create";

/** Lets everything that waits for a promise go on. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Asks `count` times at once and says after how many ms each got its turn. */
async function turns(perSecond: number, burst: number, count: number): Promise<number[]> {
  const clock = simulatedClock();
  const bucket = openTokenBucket(clock, { perSecond, burst, maxWaitMs: 60_000, what });
  const from = clock.nowMs();
  const seen: number[] = [];
  const all = Promise.all(
    Array.from({ length: count }, async () => {
      await bucket.take();
      seen.push(clock.nowMs() - from);
    }),
  );
  await turn();
  for (let i = 0; i < 400; i++) {
    await clock.advance(10);
    await turn();
  }
  await all;
  return seen;
}

it("lets a burst pass, then one after the other at its rate", async () => {
  expect(await turns(1, 1, 4)).toEqual([0, 1_000, 2_000, 3_000]);
  expect(await turns(5, 3, 6)).toEqual([0, 0, 0, 200, 400, 600]);
  expect(await turns(0, 1, 3)).toEqual([0, 0, 0]);
});

it("fills up again in a pause, never beyond the burst", async () => {
  const clock = simulatedClock();
  const bucket = openTokenBucket(clock, { perSecond: 10, burst: 2, maxWaitMs: 50, what });
  await Promise.all([bucket.take(), bucket.take()]);
  await clock.advance(60_000);
  await Promise.all([bucket.take(), bucket.take()]);
  await expect(bucket.take()).rejects.toMatchObject({ code: "sandbox.rate-limited" });
});

it("refuses at once what would wait too long, and a refusal takes nobody's turn", async () => {
  const clock = simulatedClock();
  const bucket = openTokenBucket(clock, { perSecond: 1, burst: 1, maxWaitMs: 1_000, what });
  await bucket.take();
  const second = bucket.take();
  await expect(bucket.take()).rejects.toMatchObject({
    message: "[sandbox.rate-limited] Cannot send another create: its turn at 1 a second would come in 2000 ms",
    details: { waitMs: 2_000 },
  });
  await clock.advance(1_000);
  await second;
  const third = bucket.take();
  await clock.advance(1_000);
  await third;
});

it("lets no more pass in any stretch of time than its burst and its rate, and nobody overtakes", async () => {
  const cases = fc.record({
    perSecond: fc.integer({ min: 1, max: 50 }),
    burst: fc.integer({ min: 1, max: 5 }),
    pausesMs: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ perSecond, burst, pausesMs }) => {
      const clock = simulatedClock();
      const bucket = openTokenBucket(clock, { perSecond, burst, maxWaitMs: 60_000, what });
      const passed: { readonly order: number; readonly atMs: number }[] = [];
      const all: Promise<unknown>[] = [];
      for (const [order, pauseMs] of pausesMs.entries()) {
        await clock.advance(pauseMs);
        all.push(bucket.take().then(() => passed.push({ order, atMs: clock.nowMs() })));
        await turn();
      }
      // Steps as fine as the waits are rounded, so that a turn is seen when it comes.
      while (passed.length < pausesMs.length) {
        await clock.advance(1);
        await turn();
      }
      await Promise.all(all);
      expect(passed.map(({ order }) => order)).toEqual(pausesMs.map((_, order) => order));
      for (const [i, from] of passed.entries()) {
        for (const [j, to] of passed.entries()) {
          if (j < i) continue;
          const most = burst + ((to.atMs - from.atMs + 2) / 1_000) * perSecond;
          expect(j - i + 1).toBeLessThanOrEqual(Math.ceil(most));
        }
      }
    }),
    { numRuns: 40 },
  );
});
