// Was the harness well enough to measure? Derived from its own notes and from how late it sent, metric by metric. What a sick
// harness saw cannot refute a bound, and makes the run incomplete. Law: measurement section 3.
import { fieldsOf, wholeOf, type Fields } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

export interface Sickness {
  readonly shards: readonly string[];
  readonly metrics: readonly string[];
}

export function sicknessOf(plan: Fields, files: readonly RecordFile[]): Sickness {
  const samples = files.filter((file) => file.kind === "samples");
  return { shards: sickShards(plan, files, samples), metrics: lateOnes(plan, samples) };
}

export function accuses(files: readonly RecordFile[], { shards, metrics }: Sickness): boolean {
  return files.every(
    (file) => file.kind !== "samples" || !(metrics.includes(file.metric) || shards.includes(folderOf(file.path))),
  );
}

function folderOf(path: string): string {
  return path.slice(path.indexOf("/") + 1, path.lastIndexOf("/"));
}

function sickShards(plan: Fields, files: readonly RecordFile[], samples: readonly RecordFile[]): readonly string[] {
  if (plan["health"] === undefined || plan["health"] === null) return [];
  const limits = Object.entries(fieldsOf(fieldsOf(plan["health"])["limits"]));
  const within = (note: Fields): boolean =>
    limits.every(([name, limit]) => {
      const value = wholeOf(fieldsOf(note["data"])[name]);
      return value !== null && value <= Number(limit);
    });
  return [...new Set(samples.map((file) => folderOf(file.path)))].filter((shard) => {
    const pulse = files
      .filter((file) => file.path === `events/${shard}.ndjson`)
      .flatMap((file) => file.rows.filter((row) => row["k"] === "note" && row["what"] === "health"));
    return pulse.length === 0 || !pulse.every(within);
  });
}

function lateOnes(plan: Fields, samples: readonly RecordFile[]): readonly string[] {
  if (plan["lateness"] === null || plan["lateness"] === undefined) return [];
  const { toleranceNs, maxSharePpm } = fieldsOf(plan["lateness"]);
  return [...new Set(samples.map((file) => file.metric))].filter((metric) => {
    let counted = 0;
    let behind = 0;
    for (const file of samples) {
      if (file.metric !== metric) continue;
      for (const row of file.rows) {
        if (row["ph"] !== "measure") continue;
        counted += 1;
        if (row["st"] !== null && Number(row["st"]) - Number(row["sch"]) > Number(toleranceNs)) behind += 1;
      }
    }
    return behind * 1_000_000 > Number(maxSharePpm) * counted;
  });
}
