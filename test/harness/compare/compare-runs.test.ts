// Comparing two runs: the published vector, agreement of the two ways to a bound, and what makes a comparison void or open.
import { expect, it } from "vitest";
import { compareMetric, type ArmInput } from "../../../harness/compare/compare-metric.ts";
import { compareRuns } from "../../../harness/compare/compare-runs.ts";
import { medianShift, noValue, shiftBounds } from "../../../harness/compare/shift-bounds.ts";
import { hodgesLehmann } from "../../../harness/certify/statistics/rank-tests.ts";
import { mulberry32 } from "../../../harness/certify/statistics/seeded.ts";
import type { JudgedBundle } from "../../../harness/report/run-document-of.ts";
import { goldenPlan } from "../golden-bundle.ts";

const arm = (values: readonly (number | null)[], independent = true): ArmInput => ({
  metric: "bench.x",
  values,
  independent,
});
const a = [102, 110, 98, 105, 111, 99, 107, 104];
const b = [118, 121, 109, 125, 117, 119, 123, 116];
const settings = { marginPpm: 100_000, alpha: 0.05, questions: 1 };
const ascending = (values: readonly number[]): readonly number[] => [...values].sort((x, y) => x - y);

it("gives the published example", () => {
  const compared = compareMetric(arm(a), arm(b), null, settings);
  expect(compared).toMatchObject({ shiftNs: 14, shiftLowerNs: 9, shiftUpperNs: 19, a12: 0.96875, method: "exact" });
  expect(compared?.p).toBeCloseTo(0.0006216, 7);
});

it("finds the same bounds as the sorted list of all differences", () => {
  const draw = mulberry32(5);
  for (let round = 0; round < 20; round += 1) {
    const values = (n: number): number[] => Array.from({ length: n }, () => Math.floor(draw() * 1_000));
    const [x, y] = [values(3 + (round % 9)), values(4 + (round % 7))];
    const { k, lower, upper } = hodgesLehmann(x, y, 0.05);
    expect(shiftBounds({ a: ascending(x), b: ascending(y) }, 0.05)).toEqual({ lower, upper });
    expect(k).toBeGreaterThanOrEqual(-1);
  }
});

it("the normal approximation continues where the exact law ends", () => {
  const values = (n: number, shift: number): number[] =>
    Array.from({ length: n }, (_, i) => 1_000 + ((i * 37) % n) + shift);
  const exact = shiftBounds({ a: ascending(values(60, 0)), b: ascending(values(60, 20)) }, 0.05);
  const normal = shiftBounds({ a: ascending(values(61, 0)), b: ascending(values(61, 20)) }, 0.05);
  for (const end of ["lower", "upper"] as const)
    expect(Math.abs((exact[end] ?? 0) - (normal[end] ?? 0))).toBeLessThanOrEqual(1);
});

it("requests that never answered rank last and leave no bound that needs them", () => {
  expect(medianShift({ a: [1, 2, 3], b: [noValue, noValue, noValue] })).toBeNull();
  const failing = compareMetric(arm(a), arm([...b.slice(0, 2), null, null, null, null, null, null]), null, settings);
  expect(failing).toMatchObject({ verdict: "FAIL", gateUpperNs: null, gateLowerNs: 23 });
});

it.each([
  ["PASS", a, a.map((x) => x + 1)],
  ["FAIL", a, a.map((x) => x * 2)],
  ["INSUFFICIENT", [100, 101], [100, 101]],
  ["UNDECIDED", a, a.map((x) => x + 9)],
])("non-inferiority by the bound alone: %s", (verdict, before, after) => {
  expect(compareMetric(arm(before), arm(after), null, settings)?.verdict).toBe(verdict);
});

it("one process is one trial", () => {
  expect(compareMetric(arm(a, false), arm(b), null, settings)?.verdict).toBe("INFO");
});

const fingerprint: JudgedBundle["fingerprint"] = {
  cpuModel: "one",
  cpuCores: 2,
  cpusAllowed: 2,
  memoryMiB: 8_000,
  freeMemoryMiB: 100,
  loadPpm: 1,
  platform: "linux",
  arch: "x64",
  kernel: "6",
  node: "20.20.2",
  package: "0.1.0",
  e2bSdk: "2.51.0",
  lockfileSha256: "f".repeat(64),
  commit: "0".repeat(40),
  dirty: false,
};

interface Made {
  readonly run: string;
  readonly at: number;
  readonly shift?: number;
  readonly fingerprint?: Partial<JudgedBundle["fingerprint"]>;
  readonly target?: "local" | "cloud";
}

function made({ run, at, shift = 0, fingerprint: changes = {}, target = "local" }: Made): JudgedBundle {
  const draw = mulberry32(at);
  const samples = Array.from({ length: 100 }, (_, i) => ({
    k: "s" as const,
    i,
    sch: i * 1_000,
    st: i * 1_000,
    dur: 20_000_000 + Math.floor(draw() * 4_000_000) + shift,
    out: "ok" as const,
    att: 1,
    ph: "measure" as const,
    cl: `sbx-${i}`,
    provenance: "measured" as const,
    target,
    wit: "w-0",
  }));
  const header = {
    k: "hdr",
    schema: "evidence/samples/1",
    run,
    metric: "bench.create",
    unit: "ns",
    clock: "hrtime",
    planSha256: "",
  } as const;
  return {
    plan: goldenPlan({ run, createdAtMs: at, target }),
    planSha256: "",
    fingerprint: { ...fingerprint, ...changes },
    evidence: {
      samples: [{ path: "samples/x", sha256: "", records: 101, header, samples }],
      observations: [],
      events: [],
    },
    claims: [],
    judgement: { verdict: "CONDITIONAL", reasons: [], target, assurance: "A1", simulatedOnly: false },
  };
}

const first = made({ run: "run_a", at: 1 });
const second = made({ run: "run_b", at: 2 });
const again = made({ run: "run_a2", at: 3 });

it("without a control the figures only describe", () => {
  expect(compareRuns({ before: first, after: second, control: null })).toMatchObject({
    verdict: "inconclusive",
    reasons: ["no A/A control: descriptive only"],
    metrics: [{ metric: "bench.create", verdict: "INFO" }],
  });
});

it("with a control that holds, a build is not worse, or worse", () => {
  const same = compareRuns({ before: first, after: second, control: again });
  expect(same).toMatchObject({
    verdict: "not-worse",
    reasons: [],
    metrics: [{ verdict: "PASS", control: { holds: true } }],
  });
  const slow = made({ run: "run_b", at: 2, shift: 6_000_000 });
  expect(compareRuns({ before: first, after: slow, control: again })).toMatchObject({
    verdict: "worse",
    reasons: ["bench.create is slower than the margin allows"],
  });
});

it.each([
  [
    "another machine",
    { after: made({ run: "run_b", at: 2, fingerprint: { cpuModel: "two" } }) },
    "the judged run was taken in another environment: cpuModel",
  ],
  [
    "another target",
    { after: made({ run: "run_b", at: 2, target: "cloud" }) },
    "the targets differ: local against cloud says nothing",
  ],
  ["the same run", { after: first }, "both folders hold the same run"],
  [
    "a control of another build",
    { control: made({ run: "run_c", at: 3, fingerprint: { commit: "1".repeat(40) } }) },
    "the control is another build than the first run",
  ],
  [
    "a control that moved",
    { control: made({ run: "run_c", at: 3, shift: 5_000_000 }) },
    "the A/A control moved: bench.create differs between two runs of one build",
  ],
  [
    "arms one after the other",
    { control: made({ run: "run_c", at: 0 }) },
    "the arms are not interleaved: the judged run must lie between the other two",
  ],
])("%s makes it void", (_name, change, reason) => {
  const compared = compareRuns({ before: first, after: second, control: again, ...change });
  expect(compared.verdict).toBe("void");
  expect(compared.reasons).toContain(reason);
  expect(compared.metrics.every(({ verdict }) => verdict === "INFO")).toBe(true);
});

it("lists what else changed, and nothing that did not", () => {
  const other = made({ run: "run_b", at: 2, fingerprint: { commit: "2".repeat(40), kernel: "7" } });
  expect(compareRuns({ before: first, after: other, control: null }).changed).toEqual([
    { what: "environment kernel", before: "6", after: "7" },
    { what: "build commit", before: "0".repeat(40), after: "2".repeat(40) },
  ]);
});
