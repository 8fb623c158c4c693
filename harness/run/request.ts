// What the orchestrator is asked to do: one JSON argument from the operations `validate`, `benchmark` and `planValidation`.
import { isRecord } from "../../src/contracts/json.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { parse } from "../../src/contracts/parse.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Isolation, TargetKind } from "../../src/contracts/target.ts";
import { layers, type Layer } from "../claims/checks.ts";
import { profiles, type Profile } from "../claims/profiles.ts";

export interface RunRequest {
  readonly task: "validate" | "bench";
  readonly target: TargetKind;
  readonly isolation: Isolation;
  /** The working folder; `out` lies below it unless absolute. */
  readonly folder: string;
  readonly out: string;
  readonly profile: Profile;
  readonly layers: readonly Layer[];
  readonly bench: boolean;
  readonly budgetMicroUsd: number;
  readonly confirmCost: boolean;
  /** This run is one part of a divided one, whose common plan lies in `plan`. */
  readonly part: { readonly index: number; readonly of: number; readonly plan: string } | null;
}

export interface MergeRequest {
  readonly task: "merge";
  readonly folder: string;
  readonly out: string;
  /** Report folders of the parts. */
  readonly parts: readonly string[];
}

export interface PlanRequest {
  readonly task: "plan";
  readonly target: TargetKind;
  readonly isolation: Isolation;
  readonly folder: string;
  readonly profile: Profile;
  readonly budgetMicroUsd: number;
  /** Parts of a divided run; null prints only. */
  readonly parts: number | null;
  readonly out: string;
}

type Place = Pick<RunRequest, "target" | "isolation" | "folder" | "budgetMicroUsd">;

export type Request = RunRequest | MergeRequest | PlanRequest;

export function readRequest(text: string): Request {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the request is an object");
  const { task = "validate", target, isolation, folder, budgetMicroUsd, ...input } = value;
  invariant(target === "local" || target === "cloud", "the request names a target");
  invariant(isolation === "bwrap" || isolation === "gvisor" || isolation === "none", "the request names an isolation");
  invariant(typeof folder === "string", "the request names a folder");
  invariant(typeof budgetMicroUsd === "number", "the request names a budget");
  const place: Place = { target, isolation, folder, budgetMicroUsd };
  if (task === "plan") {
    const { profile = "gate", shards = null, out = "plan", forTarget = target } = parse("plan.input", input);
    return { task, ...place, target: forTarget, profile: profiles[profile], parts: shards, out };
  }
  if (task === "bench") {
    const { profile = "gate", out = "reports/bench", confirmCost = false } = parse("bench.input", input);
    return { task, ...place, profile: profiles[profile], out, confirmCost, layers: [], bench: true, part: null };
  }
  return readValidation(place, input);
}

function readValidation(place: Place, input: unknown): RunRequest | MergeRequest {
  const given = parse("validate.input", input);
  const { profile = "gate", out = "reports", bench = true, confirmCost = false, merge } = given;
  if (merge !== undefined) return { task: "merge", folder: place.folder, out, parts: merge };
  const wanted = given.layers ?? (profiles[profile].suites ? layers : []);
  const part = partOf(given.shard, given.plan);
  return { task: "validate", ...place, profile: profiles[profile], out, layers: wanted, bench, confirmCost, part };
}

function partOf(shard: string | undefined, plan: string | undefined): RunRequest["part"] {
  if (shard === undefined && plan === undefined) return null;
  const [index = 0, of = 0] = (shard ?? "").split("/").map(Number);
  if (plan !== undefined && index >= 1 && index <= of) return { index, of, plan };
  throw new SwarmError(
    "usage.invalid",
    plan === undefined
      ? `Cannot run shard ${shard}: no plan is named that all shards have in common`
      : `Cannot run the plan ${plan}: '${shard ?? ""}' names no shard`,
    {
      hint: "Make the plan once, then name it in each shard: e2b-swarm plan --shards 2 --out plan; e2b-swarm validate --plan plan --shard 1/2",
      details: { field: plan === undefined ? "plan" : "shard" },
    },
  );
}
