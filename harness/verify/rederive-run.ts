// The run verdict re-derived from plan, claims and evidence. Law: measurement §7: worst wins, absence is never a pass.
import type { RunVerdict } from "../claims/types.ts";
import { fieldsOf, list, textOf, wholeOf, type Fields } from "./facts.ts";
import type { Sickness } from "./harness-pulse.ts";
import type { Derived } from "./rederive-claim.ts";
import type { RecordFile } from "./record-files.ts";

export interface RunFacts {
  readonly plan: Fields;
  readonly claims: ReadonlyMap<string, Derived>;
  readonly files: readonly RecordFile[];
  readonly dirty: boolean;
  readonly assurance: string;
  readonly interrupted: boolean;
  readonly sick: Sickness;
}

/** Reasons as `LEVEL code claim`, in no order that matters. */
export function rederiveReasons(facts: RunFacts): readonly string[] {
  const reasons = list(facts.plan["claims"]).flatMap((claim) => claimReason(fieldsOf(claim), facts.claims));
  const add = (when: boolean, reason: string): void => {
    if (when) reasons.push(reason);
  };
  const planned = list(facts.plan["claims"]).map(fieldsOf);
  add(!planned.some((claim) => claim["need"] === "required"), "INCOMPLETE no-required-claim");
  const events = facts.files.filter((file) => file.kind === "events");
  const notes = events.flatMap((file) => file.rows).filter((row) => row["k"] === "note");
  add(
    notes.some((note) => note["what"] === "orphan"),
    "REFUSED orphan",
  );
  const aborts = notes.filter((note) => note["what"] === "abort");
  const broke = (note: Fields): boolean => fieldsOf(note["data"])["code"] === "budget.exceeded";
  add(facts.interrupted || aborts.some((note) => !broke(note)), "INCOMPLETE interrupted");
  add(aborts.some(broke), "INCOMPLETE budget");
  for (const shard of list(facts.plan["shards"])) {
    const file = events.find((one) => one.path === `events/${textOf(shard)}.ndjson`);
    const ended = file?.rows.some((row) => row["k"] === "note" && row["what"] === "end") ?? false;
    add(!ended, "INCOMPLETE shard.missing");
  }
  add(facts.sick.metrics.length > 0, "INCOMPLETE schedule");
  add(facts.sick.shards.length > 0, "INCOMPLETE harness");
  add(facts.assurance === "A0" || facts.assurance === "A1", "CONDITIONAL assurance");
  add(facts.dirty, "CONDITIONAL dirty-tree");
  add((wholeOf(facts.plan["attempt"]) ?? 1) > 1, "CONDITIONAL attempt");
  const measured = [...facts.claims.values()].some((claim) => claim.n > 0 && claim.provenance === "measured");
  add(facts.plan["provenance"] !== "measured" || !measured, "CONDITIONAL simulated");
  return [...new Set(reasons)].sort();
}

export function verdictFor(reasons: readonly string[]): RunVerdict {
  for (const level of ["REFUSED", "INCOMPLETE", "CONDITIONAL"] as const) {
    if (reasons.some((reason) => reason.startsWith(level))) return level;
  }
  return "CERTIFIED";
}

function claimReason(claim: Fields, derived: ReadonlyMap<string, Derived>): string[] {
  const id = textOf(claim["id"]);
  const found = derived.get(id);
  const verdict = found?.verdict ?? "NOT_RUN";
  if (claim["need"] === "info") return [];
  if (verdict === "PASS") {
    const few = found?.nEff !== undefined && found.clusters < 30 && found.clusters !== found.n;
    return few ? [`CONDITIONAL claim.few-clusters ${id}`] : [];
  }
  if (claim["need"] === "optional") return [`CONDITIONAL claim.optional ${id}`];
  if (verdict === "FAIL") return [`REFUSED claim.fail ${id}`];
  if (verdict === "INVALID") return [`REFUSED claim.invalid ${id}`];
  if (verdict === "UNDECIDED") return [`INCOMPLETE claim.undecided ${id}`];
  return [verdict === "INSUFFICIENT" ? `INCOMPLETE claim.insufficient ${id}` : `INCOMPLETE claim.not-run ${id}`];
}
