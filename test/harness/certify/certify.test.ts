// The court on evidence built in memory: every verdict can be reached, each by the one thing that causes it.
import { describe, expect, test } from "vitest";
import { certify } from "../../../harness/certify/certify.ts";
import { gateBelow } from "../../../harness/certify/statistics/quantile-gate.ts";
import { alphaOf } from "../../../harness/certify/statistics/ranks.ts";
import { mulberry32 } from "../../../harness/certify/statistics/seeded.ts";
import type { CertifyInput, EventsFile, RunConditions } from "../../../harness/claims/bundle.ts";
import type { EventRecord, WitnessRecord } from "../../../harness/claims/events.ts";
import type { Plan } from "../../../harness/claims/plan.ts";
import type { FileHeader, PlannedClaim, Sample } from "../../../harness/claims/types.ts";
import { goldenPlan } from "../golden-bundle.ts";

const header: FileHeader = {
  k: "hdr",
  schema: "evidence/samples/1",
  run: "run_golden",
  metric: "bench.create",
  unit: "ns",
  clock: "hrtime",
  planSha256: "0".repeat(64),
};
const witness: WitnessRecord = {
  k: "wit",
  i: 1,
  t: 0,
  id: "w-0",
  kind: "exchange",
  target: "local",
  provenance: "measured",
  endpoint: { class: "loopback", port: 4000, tlsFingerprint: null, tlsDomain: null },
  exchanges: 1,
  problems: [],
  sandboxId: null,
  listed: null,
  serverStartedAt: null,
  nonce: null,
  nonceEcho: null,
  pid: null,
  pidStart: null,
};
const claim: PlannedClaim = {
  id: "c-local.create.p95",
  sentence: "A sandbox starts quickly.",
  layer: "backend",
  kind: "latency",
  metric: "bench.create",
  estimator: "quantile.upper",
  qPpm: 950_000,
  confPpm: 950_000,
  unit: "ns",
  threshold: { op: "<", value: 1_000 },
  need: "required",
  plannedN: 100,
  provenanceFloor: "measured",
};
const draw = mulberry32(3);
function samples(n: number, change: (i: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: n }, (_, i) => ({
    k: "s" as const,
    i,
    sch: i * 10_000,
    st: i * 10_000 + 10,
    dur: 100 + Math.floor(draw() * 500),
    out: "ok" as const,
    att: 1,
    ph: "measure" as const,
    cl: null,
    provenance: "measured" as const,
    target: "local" as const,
    wit: "w-0",
    ...change(i),
  }));
}
const trusted: RunConditions = { dirtyTree: false, assurance: "A2", interrupted: false };
function events(extra: readonly EventRecord[] = [], ended = true): EventsFile {
  const server = { k: "srv", i: 0, t: 0, target: "local", port: 4000, domain: null, pid: 1, ownProcess: true } as const;
  const end = { k: "note", i: 9, t: 9, what: "end", data: {} } as const;
  const rows: readonly EventRecord[] = [server, witness, ...extra, ...(ended ? [end] : [])];
  return { path: "events/main.ndjson", sha256: "e", records: 1, header, events: rows };
}
function input(
  list: readonly Sample[],
  change: {
    plan?: Partial<Plan>;
    claim?: Partial<PlannedClaim>;
    events?: EventsFile;
    conditions?: Partial<RunConditions>;
  } = {},
): CertifyInput {
  const plan = goldenPlan({ claims: [{ ...claim, ...change.claim }], shards: ["main"], ...change.plan });
  const file = {
    path: "samples/main/bench.create.ndjson",
    sha256: "s",
    records: list.length + 1,
    header,
    samples: list,
  };
  return {
    plan,
    evidence: { samples: list.length === 0 ? [] : [file], observations: [], events: [change.events ?? events()] },
    conditions: { ...trusted, ...change.conditions },
  };
}
const outcome = (given: CertifyInput) => {
  const { claims, judgement } = certify(given);
  return [claims[0]?.verdict, judgement.verdict, judgement.reasons.map((reason) => reason.code).join(" ")];
};

describe("run verdicts", () => {
  test("certified only when nothing speaks against it", () => {
    expect(outcome(input(samples(200)))).toEqual(["PASS", "CERTIFIED", ""]);
  });
  test.each([
    ["a local key", { conditions: { assurance: "A1" } }, "CONDITIONAL", "assurance"],
    ["no signature", { conditions: { assurance: "A0" } }, "CONDITIONAL", "assurance"],
    ["a dirty tree", { conditions: { dirtyTree: true } }, "CONDITIONAL", "dirty-tree"],
    ["a second attempt", { plan: { attempt: 2 } }, "CONDITIONAL", "attempt"],
    ["an interruption", { conditions: { interrupted: true } }, "INCOMPLETE", "interrupted"],
    ["a lost shard", { events: events([], false) }, "INCOMPLETE", "shard.missing"],
    ["a late schedule", { plan: { lateness: { toleranceNs: 1, maxSharePpm: 10_000 } } }, "INCOMPLETE", "schedule"],
    ["an orphan", { events: events([{ k: "note", i: 2, t: 1, what: "orphan", data: {} }]) }, "REFUSED", "orphan"],
    ["nothing required", { claim: { need: "optional" } }, "INCOMPLETE", "no-required-claim"],
  ] as const)("%s", (_, change, verdict, code) => {
    expect(outcome(input(samples(200), change))).toEqual(["PASS", verdict, code]);
  });
  test("worst wins", () => {
    const conditions = { dirtyTree: true, assurance: "A0", interrupted: true } as const;
    const slow = samples(200, () => ({ dur: 5_000 }));
    expect(outcome(input(slow, { conditions }))).toEqual([
      "FAIL",
      "REFUSED",
      "claim.fail interrupted assurance dirty-tree",
    ]);
  });
});

describe("claim verdicts", () => {
  const one = (given: CertifyInput) => certify(given).claims[0];
  test("nothing passes by absence", () => {
    expect(outcome(input([]))).toEqual(["NOT_RUN", "INCOMPLETE", "claim.not-run simulated"]);
    expect(outcome(input(samples(200, () => ({ ph: "warmup" }))))[0]).toBe("NOT_RUN");
    expect(one(input(samples(58)))).toMatchObject({ verdict: "INSUFFICIENT", value: null, need: 59, n: 58 });
  });
  test("time counts from the schedule, whatever the service took", () => {
    const waited = samples(200, (i) => ({ st: i * 10_000 + 2_000 }));
    expect(one(input(waited))).toMatchObject({ verdict: "FAIL", over: 200 });
  });
  test("bad outcomes are never dropped from the figures", () => {
    const timeouts = samples(100, (i) => (i % 10 === 5 ? { out: "timeout", cens: "right", dur: 500 } : {}));
    expect(one(input(timeouts))).toMatchObject({ verdict: "UNDECIDED", over: 10, censored: 10, value: null });
    const dropped = samples(100, (i) => (i % 10 === 5 ? { out: "dropped", st: null, dur: null } : {}));
    expect(one(input(dropped))).toMatchObject({ verdict: "UNDECIDED", over: 10, dropped: 10, censored: 0 });
    const limited = samples(200, (i) => (i % 10 === 5 ? { out: "error:provider-limit" } : {}));
    expect(one(input(limited, { plan: { exclusions: ["error:provider-limit"] } }))).toMatchObject({
      verdict: "PASS",
      excluded: 20,
      n: 180,
    });
  });
  test.each([
    ["no witness", { wit: null }],
    ["an unknown witness", { wit: "w-1" }],
    ["another target", { target: "cloud" }],
    ["a provenance its witness does not allow", { provenance: "simulated" }],
  ] as const)("one record with %s makes the claim INVALID", (_, change) => {
    expect(outcome(input(samples(200, (i) => (i === 77 ? change : {})))).slice(0, 2)).toEqual(["INVALID", "REFUSED"]);
  });
  test.each([
    ["a peer nobody announced", { endpoint: { ...witness.endpoint, port: 4001 } }],
    ["a peer on the network", { endpoint: { ...witness.endpoint, class: "private" as const } }],
    ["no exchange", { exchanges: 0 }],
    ["a named problem", { problems: ["E2B_DEBUG is set"] }],
    ["a sandbox the server does not list", { listed: false }],
    ["only this process behind it", { kind: "process" as const, pid: 1 }],
  ])("a witness with %s cannot back a measured claim", (_, change) => {
    const file = events();
    const rows = file.events.map((event) => (event.k === "wit" ? { ...event, ...change } : event));
    expect(outcome(input(samples(200), { events: { ...file, events: rows } }))[0]).toBe("INVALID");
  });
  test("a process witness backs our own code only", () => {
    const file = events();
    const rows = file.events.map((event) =>
      event.k === "wit" ? { ...event, kind: "process" as const, pid: 1, exchanges: 0 } : event,
    );
    const change = { events: { ...file, events: rows }, claim: { subject: "own-code" as const } };
    expect(outcome(input(samples(200), change))[0]).toBe("PASS");
  });
  test("many operations in few sandboxes are worth few samples", () => {
    const shared = samples(200, (i) => ({ cl: `sbx-${i % 5}`, dur: 100 + (i % 5) * 150 }));
    expect(one(input(shared))).toMatchObject({ verdict: "INSUFFICIENT", n: 200, nEff: 5, clusters: 5 });
    const alike = samples(200, (i) => ({ cl: `sbx-${i % 20}` }));
    expect(one(input(alike))?.verdict).toBe("PASS");
  });
  test("neighbours that move together are thinned", () => {
    const drifting = samples(200, (i) => ({ dur: 100 + Math.floor(i / 20) * 50 }));
    expect(one(input(drifting))).toMatchObject({ verdict: "INSUFFICIENT", n: 200 });
    expect(one(input(drifting))?.notes).toEqual([
      "Neighbouring samples are correlated: the gate used a thinned sequence.",
    ]);
  });
});

test("a system exactly at its limit passes falsely in at most 5 % of runs", () => {
  // Log-normal times whose true P95 is the limit; 2,000 runs of 93 samples. Three standard errors above 5 % is 6.5 %.
  const uniform = mulberry32(2026);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const limit = Math.exp(1.6448536269514722);
  let passes = 0;
  for (let run = 0; run < 2_000; run += 1) {
    const readings = Array.from({ length: 93 }, () => ({ value: Math.exp(normal()), censored: false }));
    if (gateBelow(readings, { qPpm: 950_000, alpha: alphaOf(950_000), limit }).verdict === "PASS") passes += 1;
  }
  expect(passes).toBeLessThanOrEqual(100);
  expect(passes).toBeGreaterThan(50);
});
