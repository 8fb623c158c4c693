import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { armNames, settingsOf, turnOf, type ArmName } from "../../bench/manager/arms.ts";
import { compareArms, metricsFor, type HalfBlock } from "../../bench/manager/compare-arms.ts";
import { plainHalf, readEarlier } from "../../bench/manager/read-earlier.ts";
import { readSettings } from "../../bench/manager/settings.ts";
import { day, type Observation } from "../../bench/manager/work-day.ts";
import { readPriceList } from "../../src/costs/read-price-list.ts";
import { managerOff } from "../../src/sandboxes/manager-settings.ts";

const lists = [readPriceList("e2b-list"), readPriceList("report-2025-11")];
const second = 1_000_000_000n;
const base: Observation = { workSeconds: 1, calls: 100, creations: 10, ranNs: 1_000n * second, idleNs: 0n };

/** Halves in which every arm is `base` plus the half's own drift, and `changed` is what `change` makes of it. */
function halves(
  changed: ArmName,
  change: (one: Observation, half: number) => Partial<Observation>,
  length = 12,
): HalfBlock[] {
  return Array.from({ length }, (_, half) => {
    const drifted = (arm: ArmName): Observation => {
      const one = { ...base, workSeconds: 1 + half };
      return arm === changed ? { ...one, ...change(one, half) } : one;
    };
    return new Map(armNames.map((arm) => [arm, drifted(arm)]));
  });
}

it("tells a saving and a loss from pairs, whatever drifts between them", () => {
  const saving = halves("pool", ({ workSeconds }, half) => ({
    workSeconds: workSeconds - 0.5,
    calls: half % 2 ? 90 : 80,
  }));
  const { rows, void: unreadable } = compareArms(saving, metricsFor(lists, day), 7);
  expect(unreadable).toEqual([]);
  const row = (metric: string) => rows.find((one) => one.arm === "pool" && one.metric === metric);
  expect(row("waited")).toMatchObject({ n: 12, off: 6.5, value: 6, difference: -0.5, interval: [-0.5, -0.5] });
  expect(row("calls")).toMatchObject({
    off: 100,
    difference: -15,
    interval: [-20, -10],
    savedPct: 15,
    savedPctInterval: [10, 20],
  });
  const losing = compareArms(
    halves("all", () => ({ ranNs: 1_500n * second })),
    metricsFor(lists, day),
    7,
  ).rows;
  expect(losing.find((one) => one.arm === "all" && one.metric === "metered")).toMatchObject({
    difference: 500,
    savedPct: -50,
    savedPctInterval: [-50, -50],
  });
});

it("prices an observation on each list: per second on one, per hour, creation and call on the other", () => {
  const [e2b, report] = metricsFor(lists, day)
    .slice(-2)
    .map(({ of }) => of(base));
  // 1,000 s of 1 vCPU and 256 MiB: 14,000 + 1,125 micro-dollars.
  expect(e2b).toBe(15_125);
  // 1,000 s at 0.05 an hour, ten creations at 0.001, a hundred calls at 0.0001, each line rounded up.
  expect(report).toBe(13_889 + 10_000 + 10_000);
});

it("is void where the same settings differ from themselves", () => {
  const sick = halves("off again", ({ workSeconds }) => ({ workSeconds: workSeconds * 1.2 }));
  expect(compareArms(sick, metricsFor(lists, day), 7).void).toEqual(["waited"]);
});

it("is the same twice, bit for bit", () => {
  const measured = halves("pool", (_, half) => ({ calls: 80 + ((half * 7) % 12) }));
  expect(compareArms(measured, metricsFor(lists, day), 3)).toEqual(compareArms(measured, metricsFor(lists, day), 3));
});

it("runs every arm once in a half, there and back, each block from another one", () => {
  expect(turnOf(0)).toEqual(armNames);
  expect(turnOf(1)).toEqual(armNames.toReversed());
  expect(turnOf(2)[0]).toBe("off again");
  expect(turnOf(3)).toEqual(turnOf(2).toReversed());
  for (let half = 0; half < 20; half++) expect([...turnOf(half)].sort()).toEqual([...armNames].sort());
});

it("switches one thing in each arm", () => {
  expect(settingsOf("off", day)).toEqual(settingsOf("off again", day));
  const all = settingsOf("all", day);
  expect(settingsOf("batched calls", day)).toEqual({ ...managerOff, batch: all.batch });
  expect(settingsOf("template cache", day)).toEqual({ ...managerOff, templateCache: all.templateCache });
  expect(settingsOf("lazy cleanup", day)).toEqual({ ...managerOff, idleSeconds: all.idleSeconds });
  expect(settingsOf("pool", day)).toEqual({ ...managerOff, pool: { ...all.pool, idleSeconds: 3_600 } });
});

it("reads its options and names what it does not know", () => {
  expect(readSettings([])).toEqual({ seconds: 150, seed: 1, out: "reports/bench-manager.json", more: false });
  expect(readSettings(["--seconds", "5", "--seed", "9", "--out", ""])).toEqual({
    seconds: 5,
    seed: 9,
    out: null,
    more: false,
  });
  for (const args of [
    ["--seconds", "156"],
    ["--fast", "1"],
    ["--seed", "x"],
  ]) {
    expect(() => readSettings(args)).toThrow("[usage.invalid] Cannot measure");
  }
});

it("gives no bound where too few pairs cannot carry one", () => {
  const few = (length: number) =>
    compareArms(
      halves("pool", () => ({ calls: 90 }), length),
      metricsFor(lists, day),
      7,
    );
  const calls = (length: number) => few(length).rows.find(({ arm, metric }) => arm === "pool" && metric === "calls");
  expect(calls(5)).toMatchObject({ n: 5, difference: -10, interval: null, savedPctInterval: null });
  expect(calls(6)).toMatchObject({ n: 6, difference: -10, interval: [-10, -10] });
  expect([few(7).void, few(8).void]).toEqual([null, []]);
});

it("goes on from an earlier run of the same day, and from nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-manager-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "kept.json");
  expect(readEarlier(path, day)).toEqual([]);
  const taken = halves("pool", () => ({ calls: 1, idleNs: 7n }), 3);
  const kept = { day, observations: taken.map(plainHalf) };
  writeFileSync(path, JSON.stringify(kept));
  expect(readEarlier(path, day)).toEqual(taken);
  const others = [
    { ...kept, day: { ...day, rounds: 9 } },
    { day, observations: [[]] },
    { day, observations: [taken.flatMap(plainHalf).slice(0, 3)] },
    { day },
    [],
  ];
  for (const other of others) {
    writeFileSync(path, JSON.stringify(other));
    expect(() => readEarlier(path, day)).toThrow("it does not hold half blocks of this day of work");
  }
});
