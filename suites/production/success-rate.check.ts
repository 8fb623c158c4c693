// The share of first attempts that succeeded, over everything the benchmark tried on sandboxes, as a lower bound.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benchRows } from "../../harness/claims/bench-rows.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { benchShards } from "../../bench/run-bench.ts";
import { findUnfit } from "../../harness/certify/fit-to-refute.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { check } from "../check.ts";
import { readPlan } from "./read-plan.ts";
import { lowerRate } from "./upper-bound.ts";

check("production.success-rate", async ({ see, evidence }) => {
  const tried = benchRows
    .filter((row) => row.metric.startsWith("bench.sandbox."))
    .flatMap((row) => outcomes(join(evidence, "samples", benchShards.target, `${row.metric}.ndjson`)));
  const good = tried.filter((out) => out === "ok").length;
  await see("attempts were recorded", true, () => tried.length >= 29);
  // What failed while the harness was not fit to measure is no evidence against the target: then this is not observed.
  const { shards, lateMetrics } = findUnfit(readPlan(evidence), readEvidence(evidence));
  const holds = lowerRate(good, tried.length, 0.95) >= 0.9;
  if (holds || (!shards.has(benchShards.target) && lateMetrics.size === 0)) {
    await see("the lower bound of the success rate is at least 90 %", true, () => holds);
  }
  await see("the same arithmetic refuses 22 of 22", false, () => lowerRate(22, 22, 0.95) >= 0.9);
});

function outcomes(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return rows
    .map((row): unknown => JSON.parse(row))
    .flatMap((row) => (isRecord(row) && row.ph === "measure" && row.att === 1 ? [String(row.out)] : []));
}
