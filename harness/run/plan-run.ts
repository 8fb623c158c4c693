// The plan of a run: claims, sample sizes, shards, attempt; made and signed before the first sample. The j-th attempt on the
// same subject must meet the stricter level alpha/j, so it plans more samples.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { catalogue, stoppingRule } from "../claims/catalogue.ts";
import { benchShards, plannedGroups } from "../../bench/run-bench.ts";
import { benchRows } from "../claims/bench-rows.ts";
import { checks, layers } from "../claims/checks.ts";
import type { Plan, PriceList } from "../claims/plan.ts";
import type { Profile } from "../claims/profiles.ts";
import type { PlannedClaim } from "../claims/types.ts";
import type { PlanRequest, RunRequest } from "./request.ts";

export interface PlanFacts {
  readonly run: string;
  readonly createdAtMs: number;
  readonly originNs: bigint;
  readonly attempt: number;
  readonly priceList: PriceList;
  /** From one arrival to the next, ms. */
  readonly arrivalMs: number;
  /** The run stops when its meters pass this. */
  readonly budgetMicroUsd: number | null;
}

export type Planned = Pick<RunRequest, "task" | "target" | "isolation" | "profile"> | PlanRequest;

const dayMs = 86_400_000;
/** A certificate speaks about a build on a day; after a week it must be renewed. */
const validDays = 7;

export function planRun(request: Planned, facts: PlanFacts, parts: number | null = null): Plan {
  const { target, isolation, profile } = request;
  const claims = catalogue(target, facts.attempt, profile, facts.budgetMicroUsd);
  const shards = shardsFor(claims, profile);
  const divided = parts === null ? null : divide(shards, parts);
  return {
    schema: "plan/1",
    run: facts.run,
    createdAtMs: facts.createdAtMs,
    originNs: String(facts.originNs),
    target,
    isolation: target === "local" ? isolation : "provider",
    provenance: "measured",
    claims: request.task === "bench" ? claims.filter(isMeasured).map((claim) => ({ ...claim, need: "info" })) : claims,
    shards: divided === null ? shards.filter((name) => request.task !== "bench" || !isCheck(name)) : divided.flat(),
    seed: 1,
    attempt: facts.attempt,
    exclusions: ["error:provider-limit"],
    lateness: { toleranceNs: decisiveNs, maxSharePpm: 10_000 },
    stopping: stoppingRule(facts.attempt, profile),
    priceList: facts.priceList,
    challenge: null,
    profile: profile.name,
    arrival: { process: "stratified", everyNs: Math.round(facts.arrivalMs * 1e6) },
    health: {
      limits: { loopP99Ns: decisiveNs, gcMaxNs: decisiveNs, sendLagP99Ns: decisiveNs, clockGrainNs: 1_000_000 },
    },
    budgetMicroUsd: facts.budgetMicroUsd,
    expiresAtMs: facts.createdAtMs + validDays * dayMs,
    retry: { maxAttempts: 1 },
    looks: 1,
    faults: profile.suites ? plannedFaults : [],
    ...(divided === null ? {} : { parts: divided }),
  };
}

/** Half the tightest limit that gates: a harness that is this late, this often, could decide a claim by itself. */
const decisiveNs =
  Math.min(...benchRows.flatMap(({ gates, limitNs }) => (gates === "required" ? (limitNs ?? []) : []))) / 2;

/** What the suites break on purpose, with the check that must notice that it healed. */
const plannedFaults = [
  { check: "cli.health", what: "a sandbox is ended behind the record's back", count: 1 },
  { check: "production.stress", what: "a sandbox is ended while its worker holds a task", count: 2 },
] as const;

function isMeasured(claim: PlannedClaim): boolean {
  return !claim.metric.startsWith("check.") && !claim.metric.startsWith("cost.");
}

function isCheck(shard: string): boolean {
  return shard.startsWith("check-");
}

/** Every events file that a whole run leaves. */
function shardsFor(claims: readonly PlannedClaim[], profile: Profile): readonly string[] {
  const groups = plannedGroups(claims);
  return [
    "main",
    ...([...groups].some((group) => group !== "own") ? [benchShards.target] : []),
    ...(groups.has("own") ? [benchShards.own] : []),
    ...(profile.suites ? checks.map((check) => shardOf(check.id)) : []),
  ];
}

/** The benchmark and the production checks that read it stay together; the other layers are dealt out in turn. */
export function divide(shards: readonly string[], parts: number): readonly (readonly string[])[] {
  const lists: string[][] = Array.from({ length: parts }, (_, i) => [mainShard(i + 1)]);
  const dealt = layers.filter((layer) => layer !== "production");
  for (const shard of shards.filter((name) => name !== "main")) {
    const turn = dealt.findIndex((layer) => shard.startsWith(`check-${layer}-`));
    const part = turn < 0 || parts === 1 ? 0 : 1 + (turn % (parts - 1));
    lists[part]?.push(shard);
  }
  return lists;
}

/** The orchestrator's own shard in part `index`. */
export function mainShard(index: number): string {
  return `main-${index}`;
}

/** Name of the events shard a check writes. */
export function shardOf(checkId: string): string {
  return `check-${checkId.replaceAll(".", "-")}`;
}

/** Digest of what is judged: the built code, the target, the isolation. */
export function subjectDigest(request: Pick<RunRequest, "target" | "isolation">): string {
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
