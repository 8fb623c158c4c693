// So many and no more are under way, answers keep their order, a failure begins nothing more and leaves nothing behind.
import { expect, test } from "vitest";
import { soManyAtATime } from "../../src/host/so-many-at-a-time.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("three of ten at a time, answers in the order of the things", async () => {
  let [now, most] = [0, 0];
  const made = await soManyAtATime([...Array.from({ length: 10 }).keys()], 3, async (one) => {
    most = Math.max(most, (now += 1));
    // Later ones are done sooner.
    for (let turns = 10 - one; turns > 0; turns -= 1) await turn();
    now -= 1;
    return one * one;
  });
  expect([made, most]).toEqual([[0, 1, 4, 9, 16, 25, 36, 49, 64, 81], 3]);
  expect(await soManyAtATime([], 3, turn)).toEqual([]);
});

test("the first failure is told when what was under way has ended, and nothing more is begun", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const all = soManyAtATime([0, 1, 2, 3, 4, 5], 2, async (one) => {
    begun.push(one);
    if (one === 0) throw new Error("no");
    for (let turns = 0; turns < 5; turns += 1) await turn();
    ended.push(one);
  });
  await expect(all).rejects.toThrow("no");
  expect([begun, ended]).toEqual([[0, 1], [1]]);
});
