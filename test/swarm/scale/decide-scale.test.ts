import { expect, it } from "vitest";
import { decideScale, defaultScale } from "../../../src/swarm/scale/decide-scale.ts";

it.each([
  [{ wanted: 4, utilisation: 0.8 }, 6],
  [{ wanted: 5, utilisation: 0.9 }, 8],
  [{ wanted: 18, utilisation: 1 }, 20],
  [{ wanted: 20, utilisation: 1 }, 20],
  [{ wanted: 4, utilisation: 0.79 }, 4],
  [{ wanted: 4, utilisation: 0.41 }, 4],
  [{ wanted: 4, utilisation: 0.4 }, 2],
  [{ wanted: 1, utilisation: 0 }, 1],
  [{ wanted: 4, utilisation: 1, changedMs: 40_001 }, 4],
  [{ wanted: 4, utilisation: 1, changedMs: 40_000 }, 6],
])("%j wants %d", (view, wanted) => {
  expect(decideScale(defaultScale, { nowMs: 100_000, changedMs: null, ...view })).toBe(wanted);
});
