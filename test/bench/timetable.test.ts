import { expect, it } from "vitest";
import { timetable } from "../../bench/timetable.ts";

const second = 1_000_000_000;
const offsets = (due: (i: number) => number): number[] => Array.from({ length: 1_000 }, (_, i) => due(i));

it("every interval holds exactly one request, at whole nanoseconds", () => {
  const due = timetable(7, "arrival", { everyNs: second });
  for (const [i, at] of offsets(due).entries()) {
    expect(Number.isSafeInteger(at)).toBe(true);
    expect(Math.floor(at / second)).toBe(i);
  }
});

it("a part of the interval is kept to", () => {
  const due = timetable(7, "write", { everyNs: second, from: 0.25, to: 0.35 });
  const places = offsets(due).map((at) => (at % second) / second);
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0.25);
  expect(Math.max(...places)).toBeLessThanOrEqual(0.35);
  expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(0.09);
});

it("the plan's seed and the name fix it, in whatever order it is asked", () => {
  const first = timetable(7, "arrival", { everyNs: second });
  const again = timetable(7, "arrival", { everyNs: second });
  const backwards = [...offsets(again).keys()].reverse().map((i) => again(i));
  expect(backwards.reverse()).toEqual(offsets(first));
  expect(offsets(timetable(8, "arrival", { everyNs: second }))).not.toEqual(offsets(first));
  expect(offsets(timetable(7, "end", { everyNs: second }))).not.toEqual(offsets(first));
});

it("places follow no pattern: neighbours are uncorrelated and fill the interval evenly", () => {
  const places = offsets(timetable(1, "arrival", { everyNs: second })).map((at) => (at % second) / second);
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  const own = places.reduce((sum, place) => sum + (place - mean) ** 2, 0);
  const joint = places.slice(1).reduce((sum, place, i) => sum + (place - mean) * ((places[i] ?? 0) - mean), 0);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
  expect(Math.abs(joint / own)).toBeLessThan(0.1);
});
