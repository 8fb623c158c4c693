// Where to lie in a given bundle: its longest series of witnessed samples, the events behind it, a check's observations, a gate.
import { NotApplicable, rowOf, rowsOf, type Copy, type Row } from "./copy.ts";

export interface Marks {
  /** Longest file of samples with witnesses of exchanges, and the events file of its shard. */
  readonly samples: string;
  readonly events: string;
  readonly observations: string;
  /** The events file of a shard that holds no samples: of a check. */
  readonly quietShard: string;
  /** A gated claim about those samples that passed. */
  readonly claim: string;
  readonly metric: string;
}

export function marksOf(bundle: Copy): Marks {
  const paths = bundle.paths();
  const series = paths
    .filter((path) => path.startsWith("evidence/samples/"))
    .map((path) => ({ path, rows: rowsIn(bundle, path) }));
  const witnessed = series.filter(({ path, rows }) => exchangesBehind(bundle, path, rows));
  const longest = witnessed.reduce<(typeof series)[number] | null>(
    (best, one) => (best === null || one.rows.length > best.rows.length ? one : best),
    null,
  );
  const observations = paths.find((path) => path.startsWith("evidence/observations/"));
  if (longest === null || observations === undefined) throw new NotApplicable("it holds no samples or observations");
  const shard = longest.path.split("/")[2] ?? "";
  const metric = (longest.path.split("/")[3] ?? "").replace(/\.ndjson$/, "");
  const claims = rowsOf(rowOf(JSON.parse(bundle.read("evidence/claims.json")))["claims"]);
  const claim = claims.find((one) => one["metric"] === metric && one["verdict"] === "PASS");
  const sampled = new Set(series.map(({ path }) => path.split("/")[2]));
  const quiet = paths.find(
    (path) => path.startsWith("evidence/events/") && !path.endsWith("/main.ndjson") && !sampled.has(shardIn(path)),
  );
  return {
    samples: longest.path,
    events: `evidence/events/${shard}.ndjson`,
    observations,
    quietShard: quiet ?? "",
    claim: typeof claim?.["id"] === "string" ? claim["id"] : "",
    metric,
  };
}

function shardIn(path: string): string {
  return path.replace("evidence/events/", "").replace(/\.ndjson$/, "");
}

export function rowsIn(bundle: Copy, path: string): Row[] {
  const [, ...lines] = bundle.read(path).split("\n").slice(0, -1);
  return lines.map((line) => rowOf(JSON.parse(line)));
}

function exchangesBehind(bundle: Copy, path: string, rows: readonly Row[]): boolean {
  const events = `evidence/events/${path.split("/")[2] ?? ""}.ndjson`;
  if (!bundle.paths().includes(events)) return false;
  const kinds = new Map(rowsIn(bundle, events).map((row) => [row["id"], row["kind"]]));
  return new Set(rows.map((row) => row["wit"])).size > rows.length / 2 && kinds.get(rows[0]?.["wit"]) === "exchange";
}
