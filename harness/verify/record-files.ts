// Samples, observations and events read from the bundle without trusting them: canonical lines, known fields, no gap in the
// numbering, the header of this very run and plan. Law: measurement §4 and §10 step 2.
import type { BundleFile } from "./bundle-files.ts";
import { parseCanonical } from "./canonical-parse.ts";
import { fieldsOf, isFields, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";

export interface RecordFile {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
  readonly kind: "samples" | "observations" | "events";
  readonly metric: string;
  readonly rows: readonly Fields[];
}

const names = {
  samples: "att,cl,dur,i,k,out,ph,provenance,sch,st,target,wit",
  observations: "expected,i,k,observed,out,provenance,t,target,what,wit",
} as const;
const eventNames: Readonly<Record<string, string>> = {
  wit: "endpoint,exchanges,i,id,k,kind,listed,nonce,nonceEcho,pid,pidStart,problems,provenance,sandboxId,serverStartedAt,t,target",
  srv: "domain,i,k,ownProcess,pid,port,t,target",
  meter: "i,k,memMiB,metric,ns,provenance,sandboxId,t,target,vcpu,wit",
  note: "data,i,k,t,what",
};
const origins = new Set(["measured", "replayed", "simulated", "modelled", "declared"]);
const outcomes = /^(?:ok|timeout|indeterminate|dropped|aborted|error:[a-z][a-z0-9.-]{0,63})$/;

export function readRecordFile(
  file: BundleFile,
  expected: { readonly run: string; readonly planSha256: string },
  notes: Notebook,
): RecordFile | null {
  const kind = (["samples", "observations", "events"] as const).find((name) => file.path.startsWith(`${name}/`));
  if (kind === undefined || !file.path.endsWith(".ndjson")) return null;
  const where = `evidence/${file.path}`;
  const rows: Fields[] = [];
  let header: Fields = {};
  for (const [index, line] of file.lines.entries()) {
    const place = `line ${index + 1}`;
    const parsed = parseCanonical(line.toString("utf8"));
    if (!parsed.ok || !isFields(parsed.value)) {
      notes.blame(where, `not a canonical record: ${parsed.ok ? "no object" : parsed.problem}`, { place });
      return null;
    }
    if (index === 0) header = parsed.value;
    else {
      const problem = rowProblem(kind, parsed.value, index - 1);
      if (problem !== null) notes.blame(where, problem, { place });
      rows.push(parsed.value);
    }
  }
  const problem = headerProblem(kind, header, expected);
  if (problem !== null) notes.blame(where, problem, { place: "line 1" });
  const metric = textOf(header["metric"]);
  return { path: file.path, sha256: file.sha256, records: file.lines.length, kind, metric, rows };
}

function headerProblem(
  kind: RecordFile["kind"],
  header: Fields,
  expected: { readonly run: string; readonly planSha256: string },
): string | null {
  if (header["k"] !== "hdr" || header["schema"] !== `evidence/${kind}/1`) return "the header is of another kind";
  if (header["run"] !== expected.run) return "the records belong to another run";
  if (header["planSha256"] !== expected.planSha256) return "the records were made under another plan";
  if (kind === "samples" && header["unit"] !== "ns") return "samples are counted in ns";
  return header["clock"] === "hrtime" ? null : "the clock is not hrtime";
}

function rowProblem(kind: RecordFile["kind"], row: Fields, index: number): string | null {
  if (row["i"] !== index) return `the record has number ${String(row["i"])}, wanted ${index}`;
  const given = Object.keys(row)
    .filter((name) => !(kind === "samples" && name === "cens"))
    .join(",");
  const wanted = kind === "events" ? eventNames[textOf(row["k"])] : names[kind];
  if (given !== wanted) return "the record has not the fields of its kind";
  if (row["k"] !== "note" && row["target"] !== "local" && row["target"] !== "cloud") return "the target is unknown";
  if ("provenance" in row && !origins.has(textOf(row["provenance"]))) return "the provenance is unknown";
  if (kind === "samples") return sampleProblem(row);
  if (kind === "observations") return observationProblem(row);
  return wholeOf(row["t"]) === null ? "t is no whole number" : null;
}

function sampleProblem(row: Fields): string | null {
  const started = row["st"] !== null;
  const numbers = started ? ["sch", "att", "st", "dur"] : ["sch", "att"];
  const bad = numbers.find((name) => wholeOf(row[name]) === null);
  if (bad !== undefined) return `${bad} is no whole number of at least 0`;
  if (!started && row["dur"] !== null) return "a duration without a start";
  if (started && Number(row["st"]) < Number(row["sch"])) return "it started before its schedule";
  if (!outcomes.test(textOf(row["out"]))) return "the outcome is unknown";
  if (row["out"] === "ok" && !started) return "an ok sample that never started";
  if ((row["out"] === "timeout") !== (row["cens"] === "right"))
    return "cens is for timeouts, and every timeout needs it";
  return ["warmup", "measure", "cooldown"].includes(textOf(row["ph"])) ? null : "the phase is unknown";
}

function observationProblem(row: Fields): string | null {
  const { out, expected, observed } = row;
  if (typeof expected !== "string" || typeof observed !== "string") return "expected and observed must be text";
  const same = expected === observed;
  if (out === "ok" && !same) return "called ok although expected and observed differ";
  if (out === "error:mismatch" && same) return "called a mismatch although expected and observed agree";
  return ["ok", "error:mismatch", "error:threw"].includes(textOf(out)) ? null : "the outcome is unknown";
}

export interface Seen {
  readonly witnesses: ReadonlyMap<string, Fields>;
  readonly ports: ReadonlySet<number>;
}

/** Witnesses by id and the ports that local servers announced. Two witnesses with one id are a problem. */
export function witnessesIn(files: readonly RecordFile[], notes: Notebook): Seen {
  const witnesses = new Map<string, Fields>();
  const ports = new Set<number>();
  for (const file of files.filter((one) => one.kind === "events")) {
    for (const [index, row] of file.rows.entries()) {
      const port = wholeOf(row["port"]);
      if (row["k"] === "srv" && row["target"] === "local" && port !== null) ports.add(port);
      if (row["k"] !== "wit") continue;
      const id = textOf(row["id"]);
      if (witnesses.has(id)) {
        notes.blame(`evidence/${file.path}`, `the witness ${id} stands twice`, { place: `line ${index + 2}` });
      }
      witnesses.set(id, row);
    }
  }
  return { witnesses, ports };
}

/** Why a record's provenance or target is not what its witness saw; null when they agree. */
export function witnessProblem(row: Fields, seen: Seen): string | null {
  if (row["wit"] === null) {
    return row["provenance"] === "measured" || row["provenance"] === "replayed"
      ? "it calls itself measured or replayed and names no witness"
      : null;
  }
  const witness = seen.witnesses.get(textOf(row["wit"]));
  if (witness === undefined) return `its witness ${textOf(row["wit"])} is in no events file`;
  if (witness["target"] !== row["target"]) return "its target is not the one its witness saw";
  if (witness["provenance"] !== row["provenance"]) return "its provenance is not the one its witness allows";
  if (row["provenance"] !== "measured") return null;
  if (list(witness["problems"]).length > 0) return "its witness names a problem and still says measured";
  if (witness["kind"] !== "exchange") return witness["pid"] === null ? "its process witness names no process" : null;
  if ((wholeOf(witness["exchanges"]) ?? 0) < 1) return "its witness saw no exchange";
  if (witness["listed"] === false) return "the server did not list the sandbox of its witness";
  const end = fieldsOf(witness["endpoint"]);
  if (witness["target"] === "local") {
    const local = end["class"] === "loopback" && seen.ports.has(wholeOf(end["port"]) ?? -1);
    return local ? null : "the peer of its witness is not the announced local server";
  }
  return end["class"] === "public" && end["tlsFingerprint"] !== null
    ? null
    : "the peer of its witness is not the cloud";
}
