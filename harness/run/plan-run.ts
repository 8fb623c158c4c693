// The plan of a run: claims, sample sizes, shards, attempt; made and signed before the first sample. The j-th attempt on the
// same subject must meet the stricter level alpha/j, so it plans more samples.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { catalogue, stoppingRule } from "../claims/catalogue.ts";
import { checks } from "../claims/checks.ts";
import type { Plan, PriceList } from "../claims/plan.ts";
import type { RunRequest } from "./request.ts";

export interface PlanFacts {
  readonly run: string;
  readonly createdAtMs: number;
  readonly originNs: bigint;
  readonly attempt: number;
  readonly priceList: PriceList;
}

export function planRun(request: RunRequest, facts: PlanFacts): Plan {
  return {
    schema: "plan/1",
    run: facts.run,
    createdAtMs: facts.createdAtMs,
    originNs: String(facts.originNs),
    target: request.target,
    isolation: request.target === "local" ? request.isolation : "provider",
    provenance: "measured",
    claims: catalogue(request.target, facts.attempt),
    shards: ["main", "bench", ...checks.map((check) => shardOf(check.id))],
    seed: 1,
    attempt: facts.attempt,
    exclusions: ["error:provider-limit"],
    lateness: { toleranceNs: 2_000_000_000, maxSharePpm: 100_000 },
    stopping: stoppingRule(facts.attempt),
    priceList: facts.priceList,
    challenge: null,
  };
}

/** Name of the events shard a check writes. */
export function shardOf(checkId: string): string {
  return `check-${checkId.replaceAll(".", "-")}`;
}

/** Digest of what is judged: the built code, the target, the isolation. */
export function subjectDigest(request: RunRequest): string {
  const root = packageFolder("dist");
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:m?js|cjs|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256").update(`${request.target} ${request.isolation}\n`);
  for (const name of names) hash.update(name.slice(root.length)).update(readFileSync(name));
  return hash.digest("hex");
}

/** One earlier run of the same subject, as the ledger beside the reports keeps it. */
export interface LedgerRow {
  readonly subject: string;
  readonly run: string;
  readonly createdAtMs: number;
  readonly planSha256: string;
  readonly verdict: string;
  readonly counted: boolean;
}

export function isLedgerRow(value: unknown): value is LedgerRow {
  const texts = ["subject", "run", "planSha256", "verdict"];
  return (
    isRecord(value) &&
    texts.every((name) => typeof value[name] === "string") &&
    typeof value.createdAtMs === "number" &&
    typeof value.counted === "boolean"
  );
}
