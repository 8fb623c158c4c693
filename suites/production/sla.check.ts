// The published limits on the raw samples of the benchmark, with the exact bounds: sorted here, ranks from the binomial law,
// so that certify's own arithmetic is not asked. What is not decided is not observed, and then the claim lacks observations: too
// few samples, or a harness that was not fit to measure, are no evidence against the target.
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { findUnfit } from "../../harness/certify/fit-to-refute.ts";
import { benchRows } from "../../harness/claims/bench-rows.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { benchShards } from "../../bench/run-bench.ts";
import { check } from "../check.ts";
import { readPlan } from "./read-plan.ts";
import { lowerBound, upperBound } from "./upper-bound.ts";

const quantiles = { p95: 0.95, p99: 0.99 } as const;

check("production.sla", async ({ see, evidence }) => {
  const { shards, lateMetrics } = findUnfit(readPlan(evidence), readEvidence(evidence));
  for (const { metric, title, limitNs, gates, quantiles: gated, group } of benchRows) {
    if (limitNs === null || gates !== "required") continue;
    const shard = group === "own" ? benchShards.own : benchShards.target;
    const values = responses(join(evidence, "samples", shard, `${metric}.ndjson`));
    const mayRefute = !shards.has(shard) && !lateMetrics.has(metric);
    for (const q of gated) {
      const holds = upperBound(values, quantiles[q], 0.95) < limitNs;
      const broken = mayRefute && lowerBound(values, quantiles[q], 0.95) >= limitNs;
      if (!holds && !broken) continue;
      await see(`${title}: the exact bound of ${q.toUpperCase()} is below the published limit`, true, () => holds);
    }
  }
});

/** Response times of the measure phase, ascending; whatever failed or was dropped counts as endless. */
function responses(path: string): readonly number[] {
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return rows
    .map((row): unknown => JSON.parse(row))
    .flatMap((row) => (isRecord(row) && row.ph === "measure" ? [row] : []))
    .map((row) => (row.out === "ok" ? Number(row.st) + Number(row.dur) - Number(row.sch) : Number.POSITIVE_INFINITY))
    .sort((a, b) => a - b);
}
