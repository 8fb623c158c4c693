// A lost answer is asked for again, so many times; anything else is told at once.
import { expect, test } from "vitest";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { FaultCode } from "../../src/contracts/faults.ts";
import { realClock } from "../../src/host/clock.ts";
import { untilRecorded } from "../../src/host/until-recorded.ts";

async function asked(
  faults: readonly FaultCode[],
): Promise<readonly [outcome: string, asked: number, sleptMs: number]> {
  let [count, sleptMs] = [0, 0];
  const clock = { ...realClock, sleep: async (ms: number) => void (sleptMs += ms) };
  const answer = untilRecorded(clock, async () => {
    const fault = faults[Math.min(count, faults.length)];
    count += 1;
    if (fault !== undefined) throw new SwarmError(fault, "No");
    return "answered";
  });
  const outcome = await answer.catch((thrown: unknown) => SwarmError.from(thrown).code);
  return [outcome, count, sleptMs];
}

test.each([
  [[], ["answered", 1, 0]],
  [
    ["memory.indeterminate", "memory.unavailable"],
    ["answered", 3, 100],
  ],
  [
    ["memory.indeterminate", "memory.fenced"],
    ["memory.fenced", 2, 50],
  ],
  [Array.from({ length: 300 }, () => "memory.unavailable" as const), ["memory.unavailable", 200, 9_950]],
] as const)("%#", async (faults, wanted) => {
  expect(await asked(faults)).toEqual(wanted);
});
