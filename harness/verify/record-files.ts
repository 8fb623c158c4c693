// Samples, observations and events read from the bundle without trusting them: canonical lines, known fields, no gap in the
// numbering, the header of this very run and plan. Law: measurement §4 and §10 step 2.
import type { BundlePath } from "./bundle-files.ts";
import { parseCanonicalBytes } from "./canonical-parse.ts";
import { fieldsOf, isFields, list, textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import { readLines, type FileDigest } from "./read-lines.ts";
import { openSampleScanner } from "./scan-sample.ts";

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
const censoredNames = `att,cens,${names.samples.slice(4)}`;
const endpointNames = "class,port,tlsDomain,tlsFingerprint";
const noteKinds = new Set("start end abort fault retry heartbeat clock lifecycle health orphan".split(" "));
const origins = new Set(["measured", "replayed", "simulated", "modelled", "declared"]);
const outcomes = /^(?:ok|timeout|indeterminate|dropped|aborted|error:[a-z][a-z0-9.-]{0,63})$/;

const recordKinds = ["samples", "observations", "events"] as const;

/** What kind of records a path of the bundle holds; null for a document. */
export function kindOf(path: string): RecordFile["kind"] | null {
  const kind = recordKinds.find((name) => path.startsWith(`${name}/`));
  return kind !== undefined && path.endsWith(".ndjson") ? kind : null;
}

export interface Expected {
  readonly run: string;
  readonly planSha256: string;
  /** Of a run that was cut short, a file may hold nothing yet. */
  readonly open: boolean;
}

/** Longest line of a record; an observation holds two texts of at most 2,000 characters. */
const longestLine = 65_536;

/** Reads, digests and checks one file in one pass. The first broken line ends the reading of records, not the digest. */
export function readRecordFile(
  file: BundlePath,
  wanted: ReadonlySet<number>,
  expected: Expected,
  notes: Notebook,
): { readonly digest: FileDigest; readonly records: RecordFile } {
  const kind = kindOf(file.path) ?? "events";
  const where = `evidence/${file.path}`;
  const scan = kind === "samples" ? openSampleScanner() : null;
  const rows: Fields[] = [];
  let header: Fields = {};
  let broken = false;
  const blame = (problem: string, number: number): void => {
    broken = true;
    notes.blame(where, problem, { place: `line ${number}` });
  };
  const digest = readLines(file.full, wanted, (line, number) => {
    if (broken) return;
    const row = number > 1 && scan !== null ? (scan(line) ?? parseLine(line)) : parseLine(line);
    if (typeof row === "string") return blame(row, number);
    if (number === 1) {
      header = row;
      return;
    }
    const problem = rowProblem(kind, row, number - 2);
    if (problem !== null) return blame(problem, number);
    rows.push(row);
  });
  const problem = expected.open && digest.records === 0 ? null : headerProblem(kind, header, expected);
  if (problem !== null) notes.blame(where, problem, { place: "line 1" });
  const { sha256, records } = digest;
  return { digest, records: { path: file.path, sha256, records, kind, metric: textOf(header["metric"]), rows } };
}

/** The row, or why there is none. */
function parseLine(line: Buffer): Fields | string {
  if (line.length > longestLine) return "the line is longer than any record";
  const parsed = parseCanonicalBytes(line);
  if (!parsed.ok) return `not a canonical record: ${parsed.problem}`;
  return isFields(parsed.value) ? parsed.value : "not a canonical record: no object";
}

const headerNames = "clock,k,metric,planSha256,run,schema,unit";

function headerProblem(kind: RecordFile["kind"], header: Fields, expected: Expected): string | null {
  if (Object.keys(header).join() !== headerNames) return "the header is of another kind";
  if (header["k"] !== "hdr" || header["schema"] !== `evidence/${kind}/1`) return "the header is of another kind";
  if (header["run"] !== expected.run) return "the records belong to another run";
  if (header["planSha256"] !== expected.planSha256) return "the records were made under another plan";
  if (kind === "samples" && header["unit"] !== "ns") return "samples are counted in ns";
  if (kind !== "samples" && header["unit"] !== "count") return "the unit is not count";
  return header["clock"] === "hrtime" ? null : "the clock is not hrtime";
}

function rowProblem(kind: RecordFile["kind"], row: Fields, index: number): string | null {
  if (row["i"] !== index) return `the record has number ${String(row["i"])}, wanted ${index}`;
  if (!hasNames(kind, row)) return "the record has not the fields of its kind";
  if (row["k"] !== "note" && row["target"] !== "local" && row["target"] !== "cloud") return "the target is unknown";
  if ("wit" in row && row["wit"] !== null && typeof row["wit"] !== "string") return "wit is no id";
  if ("provenance" in row && !origins.has(textOf(row["provenance"]))) return "the provenance is unknown";
  if (kind === "samples") return sampleProblem(row);
  if (wholeOf(row["t"]) === null) return "t is no whole number";
  return kind === "observations" ? observationProblem(row) : eventProblem(row);
}

/** Canonical rows have their keys in order, so their names as one text say whether they are all there and nothing else. */
function hasNames(kind: RecordFile["kind"], row: Fields): boolean {
  const given = Object.keys(row).join();
  if (kind === "samples") return row["k"] === "s" && (given === names.samples || given === censoredNames);
  if (kind === "observations") return row["k"] === "o" && given === names.observations;
  return given === eventNames[textOf(row["k"])];
}

function sampleProblem(row: Fields): string | null {
  const started = row["st"] !== null;
  const numbers = started ? ["sch", "att", "st", "dur"] : ["sch", "att"];
  const bad = numbers.find((name) => wholeOf(row[name]) === null);
  if (bad !== undefined) return `${bad} is no whole number of at least 0`;
  if (Number(row["att"]) < 1) return "att is below one";
  if (row["cl"] !== null && typeof row["cl"] !== "string") return "cl is no name";
  if (row["out"] === "dropped" && started) return "a dropped sample that started";
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
  if ([expected, observed, row["what"]].some((one) => typeof one !== "string"))
    return "expected and observed must be text";
  const same = expected === observed;
  if (out === "ok" && !same) return "called ok although expected and observed differ";
  if (out === "error:mismatch" && same) return "called a mismatch although expected and observed agree";
  return ["ok", "error:mismatch", "error:threw"].includes(textOf(out)) ? null : "the outcome is unknown";
}

function eventProblem(row: Fields): string | null {
  switch (row["k"]) {
    case "note":
      return noteKinds.has(textOf(row["what"])) && isFields(row["data"]) ? null : "the note is of no known kind";
    case "srv":
      return numberProblem(row, ["port"]);
    case "meter":
      if (typeof row["metric"] !== "string" || typeof row["sandboxId"] !== "string") {
        return "the meter reading names no sandbox";
      }
      return numberProblem(row, ["ns", "vcpu", "memMiB"]);
    default:
      return witnessShape(row);
  }
}

function witnessShape(row: Fields): string | null {
  const endpoint = Object.keys(fieldsOf(row["endpoint"])).join() === endpointNames;
  const kind = ["exchange", "process", "child"].includes(textOf(row["kind"]));
  const named = typeof row["id"] === "string" && list(row["problems"]).every((one) => typeof one === "string");
  if (!endpoint || !kind || !named) return "the witness is of no known kind";
  return numberProblem(row, row["pid"] === null ? ["exchanges"] : ["exchanges", "pid"]);
}

function numberProblem(row: Fields, numbers: readonly string[]): string | null {
  const bad = numbers.find((name) => wholeOf(row[name]) === null);
  return bad === undefined ? null : `${bad} is no whole number of at least 0`;
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
