import { expect, it } from "vitest";
import { byzantineQuorum } from "../../../src/swarm/votes/panels.ts";

it.each([
  [3, 2],
  [4, 3],
  [5, 4],
  [7, 5],
  [20, 14],
  [31, 21],
  [100, 67],
])("%d members need %d", (members, needed) => {
  expect(byzantineQuorum(members)).toBe(needed);
});

it("two quorums share more members than may lie", () => {
  for (let n = 3; n <= 100; n += 1) {
    expect(2 * byzantineQuorum(n) - n).toBeGreaterThan(Math.floor((n - 1) / 3));
  }
});
