// When the harness itself was not fit to measure: its own pulse broke a limit of the plan, or it sent later than planned. Law:
// measurement section 3: such a run is INCOMPLETE. A slow answer then says nothing against the target, so it refutes nothing;
// a fast one still counts, because a sick harness only makes times longer.
import type { EventsFile, ParsedEvidence, SamplesFile } from "../claims/bundle.ts";
import type { NoteRecord } from "../claims/events.ts";
import type { Plan } from "../claims/plan.ts";
import { sampleTimes } from "./statistics/sample-times.ts";

export interface Unfit {
  /** Shards whose pulse broke a limit, or that left none. */
  readonly shards: ReadonlySet<string>;
  /** Metrics of which too many samples were sent later than planned. */
  readonly lateMetrics: ReadonlySet<string>;
}

export function findUnfit(plan: Plan, evidence: ParsedEvidence): Unfit {
  return { shards: sickShards(plan, evidence), lateMetrics: lateMetrics(plan, evidence.samples) };
}

/** True when what these files hold may speak against their target. */
export function mayRefute(unfit: Unfit, files: readonly SamplesFile[]): boolean {
  return !files.some((file) => unfit.lateMetrics.has(file.header.metric) || unfit.shards.has(shardOf(file.path)));
}

/** `samples/<shard>/<metric>.ndjson`. */
function shardOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function sickShards(plan: Plan, evidence: ParsedEvidence): ReadonlySet<string> {
  const { health = null } = plan;
  if (health === null) return new Set();
  const shards = new Set(evidence.samples.map((file) => shardOf(file.path)));
  return new Set([...shards].filter((shard) => !isHealthy(notesOf(shard, evidence.events), health.limits)));
}

function notesOf(shard: string, files: readonly EventsFile[]): readonly NoteRecord[] {
  const events = files.filter((file) => file.path === `events/${shard}.ndjson`).flatMap((file) => file.events);
  return events.filter((event) => event.k === "note").filter((note) => note.what === "health");
}

/** A shard without a note, and a note without a figure that is limited, are not healthy: absence is never a pass. */
function isHealthy(notes: readonly NoteRecord[], limits: Readonly<Record<string, number>>): boolean {
  const keeps = (note: NoteRecord): boolean =>
    Object.entries(limits).every(([name, limit]) => {
      const value = note.data[name];
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= limit;
    });
  return notes.length > 0 && notes.every(keeps);
}

function lateMetrics(plan: Plan, files: readonly SamplesFile[]): ReadonlySet<string> {
  if (plan.lateness === null) return new Set();
  const { toleranceNs, maxSharePpm } = plan.lateness;
  const counts = new Map<string, { behind: number; all: number }>();
  for (const { header, samples } of files) {
    const count = counts.get(header.metric) ?? { behind: 0, all: 0 };
    counts.set(header.metric, count);
    for (const sample of samples) {
      if (sample.ph !== "measure") continue;
      count.all += 1;
      if ((sampleTimes(sample).lateNs ?? 0) > toleranceNs) count.behind += 1;
    }
  }
  const late = [...counts].filter(([, { behind, all }]) => behind * 1e6 > maxSharePpm * all);
  return new Set(late.map(([metric]) => metric));
}
