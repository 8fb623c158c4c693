import { expect, test } from "vitest";
import { openSeries } from "../../bench/series.ts";

test("independent samples are worth themselves, correlated and clustered ones less", () => {
  const alone = openSeries();
  const drifting = openSeries();
  const clustered = openSeries();
  for (let i = 0; i < 100; i += 1) {
    alone.add((i * 7_919) % 100, `s-${i}`);
    drifting.add(i, `s-${i}`);
    // Five a cluster, each cluster with a value of its own.
    clustered.add(Math.floor(i / 5) * 1_000 + (i % 5), `s-${Math.floor(i / 5)}`);
  }
  expect(alone.worth()).toBe(100);
  expect(drifting.worth()).toBeLessThan(5);
  expect(clustered.worth()).toBe(20);
});
