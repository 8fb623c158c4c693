// Sandboxes are extended while they are asked and paid for, and by nobody after the end.
import { expect, test } from "vitest";
import { keepAlive } from "../../../src/backend/split-backtest/keep-alive.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { simulatedClock } from "../../../src/host/clock.ts";

function stage(affordable: number) {
  const clock = simulatedClock();
  const extended: string[] = [];
  const said: string[] = [];
  const living = ["a", "b"];
  const cancel = keepAlive({
    clock,
    sandboxes: {
      async extend(sandboxId, seconds) {
        extended.push(`${sandboxId} ${seconds} s at ${Number(clock.monotonicNs()) / 1e9}`);
        if (sandboxId === "broken") throw new SwarmError("sandbox.gone", "It is gone");
      },
    },
    living: () => living,
    afford(seconds) {
      if (seconds > affordable) throw new SwarmError("budget.exceeded", `${seconds} s cost too much`);
    },
    note: (sentence) => void said.push(sentence),
  });
  return { clock, extended, said, living, cancel };
}

test("a life of 600 s is renewed every 200 s, for those that are still asked, until the end", async () => {
  const { clock, extended, said, living, cancel } = stage(Infinity);
  await clock.advance(200_000);
  living.pop();
  await clock.advance(200_000);
  expect(extended).toEqual(["a 600 s at 200", "b 600 s at 200", "a 600 s at 400"]);
  cancel();
  await clock.advance(1_000_000);
  expect([extended.length, said]).toEqual([3, []]);
});

test("one that cannot be extended is named, and tried again", async () => {
  const { clock, extended, said, living } = stage(Infinity);
  living.splice(0, 2, "broken", "c");
  await clock.advance(400_000);
  expect(extended).toHaveLength(4);
  expect(said).toEqual(Array.from({ length: 2 }, () => "broken was not extended: [sandbox.gone] It is gone"));
});

test("no stretch is begun that the budget does not cover", async () => {
  const { clock, extended, said } = stage(900);
  await clock.advance(2_000_000);
  expect(extended).toEqual(["a 600 s at 200", "b 600 s at 200"]);
  expect(said).toEqual(["the sandboxes are not extended any more: [budget.exceeded] 1000 s cost too much"]);
});
