import { expect, it } from "vitest";
import { simulatedClock } from "../../src/host/clock.ts";
import { openActivity } from "../../src/sandboxes/activity.ts";

it("knows who is in use, who was and when; of what is not leased nothing is kept", async () => {
  const clock = simulatedClock();
  const leased = new Set(["mine"]);
  const activity = openActivity(clock, (id) => leased.has(id));
  const [first, second, foreign] = [activity.hold("mine"), activity.hold("mine"), activity.hold("foreign")];
  await clock.advance(5);
  first();
  first();
  expect([activity.isHeld("mine"), activity.isHeld("foreign")]).toEqual([true, true]);
  second();
  foreign();
  expect([activity.isHeld("mine"), activity.lastUsedNs("mine")]).toEqual([false, 5_000_000n]);
  expect([activity.isHeld("foreign"), activity.lastUsedNs("foreign")]).toEqual([false, null]);
  leased.delete("mine");
  activity.hold("mine")();
  expect(activity.lastUsedNs("mine")).toBeNull();
});
