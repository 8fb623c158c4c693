// What the orchestrator is asked to do: one JSON argument from the operations `validate`, `benchmark` and `planValidation`.
import { isRecord } from "../../src/contracts/json.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { parse } from "../../src/contracts/parse.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Isolation, TargetKind } from "../../src/contracts/target.ts";
import { checks, layers, type Layer } from "../claims/checks.ts";
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
  /** Only these checks, with a small benchmark of the crew alone; the run is then incomplete. Null: all of the layers. */
  readonly checks: readonly string[] | null;
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
    return {
      task,
      ...place,
      profile: profiles[profile],
      out,
      confirmCost,
      layers: [],
      checks: null,
      bench: true,
      part: null,
    };
  }
  return readValidation(place, input);
}

function readValidation(place: Place, input: Record<string, unknown>): RunRequest | MergeRequest {
  const { only, given } = readSelection(input);
  const { profile = "gate", out = "reports", bench = true, confirmCost = false, merge } = given;
  if (merge !== undefined) return { task: "merge", folder: place.folder, out, parts: merge };
  const wanted = given.layers ?? (profiles[profile].suites ? layers : []);
  const part = partOf(given.shard, given.plan);
  const measured = only === null ? profiles[profile] : sparse(profiles[profile]);
  const shared = { profile: measured, out, bench, confirmCost, part };
  return { task: "validate", ...place, ...shared, layers: wanted, checks: only };
}

/** Enough for a check to notice what is far off; too little for any verdict. */
function sparse(profile: Profile): Profile {
  const few = { local: 60, cloud: 0 } as const;
  const none = { local: 0, cloud: 0 } as const;
  const samples = { ...profile.samples, crew: few, own: none, five: none, hundred: none, recovery: none };
  return { ...profile, samples, moreSeconds: 0 };
}

/** No door offers single checks: they are for the harness's checks of its own checks. */
function readSelection({ checks: only = null, ...input }: Record<string, unknown>) {
  return { only: only === null ? null : known(only), given: parse("validate.input", input) };
}

function known(only: unknown): readonly string[] {
  invariant(Array.isArray(only), "the checks are a list");
  return only.map((id: unknown) => {
    invariant(
      checks.some((row) => row.id === id),
      "each selected check is a named one",
    );
    return String(id);
  });
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
