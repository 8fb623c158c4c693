// The records behind a claim, gathered once for all claims on a metric: what counts, in collection order, and what neighbours and
// clusters make of it. Law: measurement §3, §4 and §5.4.
import { thinning, worthOfGroups } from "./exact-worth.ts";
import type { Seen } from "./exact-gates.ts";
import { list, textOf, type Fields } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

export interface Records {
  readonly rows: readonly Fields[];
  /** Without the outcomes that the plan leaves out. */
  readonly kept: readonly Fields[];
  readonly samples: readonly Fields[];
}

const gathered = new WeakMap<readonly RecordFile[], Map<string, Records>>();

/** Records of the claim's metric in the measure phase; claims on one metric share them. */
export function recordsFor(
  claim: Fields,
  files: readonly RecordFile[],
  facts: { readonly files: readonly RecordFile[]; readonly plan: Fields },
): Records {
  const all = gathered.get(facts.files) ?? new Map<string, Records>();
  gathered.set(facts.files, all);
  const key = JSON.stringify([claim["metric"], claim["estimator"] === "cost", facts.plan["exclusions"]]);
  const before = all.get(key);
  if (before !== undefined) return before;
  const left = new Set(list(facts.plan["exclusions"]).map(textOf));
  const rows = files.flatMap((file) => rowsFor(claim, file));
  const kept = left.size === 0 ? rows : rows.filter((row) => !left.has(textOf(row["out"])) || row["k"] !== "s");
  const found = { rows, kept, samples: kept.filter((row) => row["k"] === "s") };
  all.set(key, found);
  return found;
}

export function rowsFor(claim: Fields, file: RecordFile): readonly Fields[] {
  if (file.kind === "samples") return file.rows.filter((row) => row["ph"] === "measure");
  if (file.kind === "observations") return file.rows;
  return file.rows.filter((row) => row["k"] === "meter" && row["metric"] === claim["metric"]);
}

/** What every latency claim on one list of samples asks of it; kept as long as the list. */
export interface Series {
  readonly all: readonly Seen[];
  readonly clusters: number;
  readonly step: number;
  readonly kept: readonly Seen[];
  readonly worth: number;
}

const known = new WeakMap<readonly Fields[], Series>();

export function seriesOf(samples: readonly Fields[]): Series {
  const before = known.get(samples);
  if (before !== undefined) return before;
  const all = samples.map((row) => ({ value: responseOf(row), atLeast: row["out"] !== "ok" }));
  const clusters = clustersIn(samples);
  const values = all.map((one) => one.value);
  const clustered = clusters < samples.length;
  const step = clustered ? 1 : thinning(values);
  const kept = step === 1 ? all : all.filter((_, index) => index % step === 0);
  const found = {
    all,
    clusters,
    step,
    kept,
    worth: clustered ? worthOfGroups(groupsOf(samples, values)) : kept.length,
  };
  known.set(samples, found);
  return found;
}

export function clustersIn(rows: readonly Fields[]): number {
  const named = new Set<string>();
  let alone = 0;
  for (const row of rows) {
    if (typeof row["cl"] === "string") named.add(row["cl"]);
    else alone += 1;
  }
  return named.size + alone;
}

function responseOf(row: Fields): number {
  const responseNs = row["st"] === null ? 0 : Number(row["st"]) + Number(row["dur"]) - Number(row["sch"]);
  // A record with broken times is blamed as a record; the arithmetic must live to say so.
  return Number.isSafeInteger(responseNs) ? responseNs : 0;
}

export function groupsOf(rows: readonly Fields[], values: readonly number[]): readonly (readonly number[])[] {
  const named = new Map<string, number[]>();
  const groups: number[][] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const cluster = rows[index]?.["cl"];
    const value = values[index] ?? 0;
    const known = typeof cluster === "string" ? named.get(cluster) : undefined;
    if (known !== undefined) {
      known.push(value);
      continue;
    }
    const group = [value];
    groups.push(group);
    if (typeof cluster === "string") named.set(cluster, group);
  }
  return groups;
}
