import * as fc from "fast-check";
import { expect, it } from "vitest";
import { openTimeQueue } from "../../../src/swarm/core/time-queue.ts";
import { openRankedSet } from "../../../src/swarm/roster/ranked-set.ts";

it("things leave in order of time, equal times in order of arrival", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 3_000 }), (times) => {
      const queue = openTimeQueue<number>(3_000);
      for (const [order, time] of times.entries()) queue.push(time, order);
      const left: number[] = [];
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) left.push(item);
      const sorted = times
        .map((time, order) => ({ time, order }))
        .toSorted((a, b) => a.time - b.time || a.order - b.order);
      expect(left).toEqual(sorted.map(({ order }) => order));
      expect([queue.size(), queue.nextMs()]).toEqual([0, Infinity]);
    }),
  );
});

it("things that come while others leave, some in order and some before, leave as from a sorted list", () => {
  const moves = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null)), { maxLength: 6_000 });
  fc.assert(
    fc.property(moves, fc.boolean(), (steps, rising) => {
      const queue = openTimeQueue<number>(6_000);
      let waiting: { readonly time: number; readonly order: number }[] = [];
      for (const [order, step] of steps.entries()) {
        if (step === null) {
          const [first, ...rest] = waiting.toSorted((a, b) => a.time - b.time || a.order - b.order);
          expect([queue.nextMs(), queue.pop()]).toEqual([first?.time ?? Infinity, first?.order]);
          waiting = rest;
        } else {
          const time = rising && step > 0 ? order + 5 : order + step;
          waiting.push({ time, order });
          queue.push(time, order);
        }
        expect(queue.size()).toBe(waiting.length);
      }
    }),
    { numRuns: 40 },
  );
});

it("more things in order than the line has room for at first", () => {
  const queue = openTimeQueue<number>(10_000);
  for (let k = 0; k < 700; k += 1) queue.push(k, k);
  for (let k = 0; k < 500; k += 1) expect(queue.pop()).toBe(k);
  for (let k = 700; k < 5_000; k += 1) queue.push(k, k);
  for (let k = 500; k < 5_000; k += 1) expect(queue.pop()).toBe(k);
  expect(queue.pop()).toBeUndefined();
});

it("the queue is bounded", () => {
  const queue = openTimeQueue<string>(1);
  queue.push(1, "a");
  expect(() => queue.push(2, "b")).toThrow("at most 1 things are due");
});

it("a ranked set counts and finds as a sorted list does", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.boolean())), (changes) => {
      const set = openRankedSet();
      const plain = new Set<number>();
      for (const [member, present] of changes) {
        set.set(member, present);
        if (present) plain.add(member);
        else plain.delete(member);
      }
      const sorted = [...plain].toSorted((a, b) => a - b);
      expect(set.size()).toBe(sorted.length);
      expect(sorted.map((_, rank) => set.nth(rank))).toEqual(sorted);
      expect(sorted.map((member) => set.rank(member))).toEqual(sorted.map((_, rank) => rank));
      expect([set.nth(-1), set.nth(sorted.length)]).toEqual([-1, -1]);
    }),
  );
});
