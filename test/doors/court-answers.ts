// What the recording backend answers for the court: plan, benchmark, validation and what reads its bundles.
import type { OperationName } from "../../src/backend/operations/table.ts";
import type { Answer } from "./recording-backend.ts";

const sha = "0".repeat(64);

export const courtAnswers = {
  planValidation: () => ({
    profile: "gate",
    target: "local",
    claims: [
      {
        id: "c-local.sandbox-create-p99-sla",
        sentence: "create sandbox: P99 is below the published limit",
        need: "required",
        samples: 775,
        minutes: 2.4,
        microUsd: 50_375,
        powerPpm: { at1000: 991_999, at2000: 929_000, at5000: 460_000 },
        mayExceed: 3,
        fewer: [{ samples: 59, supports: "P95" }],
      },
    ],
    total: { samples: 6_000, minutes: 4.1, sandboxSeconds: 3_500, microUsd: 56_875 },
    budgetMicroUsd: 5_000_000,
    withinBudget: true,
    priceList: { id: "e2b-list", source: "https://e2b.dev/pricing", asOf: "2026-10-01", sha256: sha },
    scenarios: [{ name: "production", priceList: "e2b-list", microUsd: 4_680_000, withinBudget: true }],
    assumptions: ["modelled"],
    signed: null,
  }),
  benchmark: () => ({
    runId: "run_1",
    target: "local",
    isolation: "bwrap",
    profile: "gate",
    claims: [{ id: "c-local.a-p50", sentence: "a", value: 5_000_000, unit: "ns", n: 9, provenance: "measured" }],
    conditions: ["one"],
    folder: "reports/bench/run_1",
  }),
  validate: () => ({
    runId: "run_1",
    verdict: "CONDITIONAL",
    target: "local",
    isolation: "bwrap",
    claims: { MET: 3, NOT_RUN: 1 },
    conditions: ["one"],
    folder: "reports/run_1",
  }),
  audit: () => ({
    exitCode: 6,
    counts: { proven: 1, contradicted: 0, unsupported: 1, unclaimed: 0 },
    claims: [
      {
        grade: "unsupported",
        lint: "price-source",
        line: 3,
        text: "$4",
        sentence: "It costs $4.",
        because: "no list",
        operands: [],
        also: [],
        wanted: "a list",
      },
    ],
    unclaimed: [{ line: 1, text: "2026-01-01", reason: "a date or a time of day" }],
    leftOut: 0,
  }),
  verify: () => ({ verified: true, verdict: "CERTIFIED", checked: ["samples"], remarks: [], problems: [] }),
  report: () => ({
    runId: "run_1",
    verdict: "CERTIFIED",
    expired: false,
    folder: "reports/run_1",
    files: [{ name: "report.html", bytes: 10, sha256: "0".repeat(64), state: "identical", written: false }],
    remarks: [],
  }),
  diff: () => ({
    before: "run_1",
    after: "run_2",
    control: null,
    verdict: "not-worse",
    reasons: [],
    marginPpm: 100_000,
    confPpm: 950_000,
    metrics: [],
    changed: [{ what: "build commit", before: "a", after: "b" }],
  }),
} satisfies Partial<Record<OperationName, Answer>>;
