// Export and import: NDJSON, one snapshot, one row a line, the last line the digest of all before it. The same lines go
// into any store, so a backup of one engine restores on another.
import { createHash } from "node:crypto";
import { canonicalJson, isRecord, type Json } from "../../contracts/json.ts";
import type { Imported } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { digest } from "./draft.ts";
import { exportPage, importRows, importStepBytes, maxImportBytes } from "./limits.ts";
import type { RestoreAsk, RestoreRow } from "./restore.ts";
import { integer, integerOrNull, text, textOrNull, type Row } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export const exportFormat = "e2b-swarm-record/1";

export type ReadStep = <T>(step: Step<T>) => Promise<T>;

/** Lines without their newline. `read` must answer from one snapshot. */
export async function* exportLines(read: ReadStep, only?: string): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let count = 0;
  const sealed = (line: Json): string => {
    const kept = canonicalJson(line);
    hash.update(`${kept}\n`);
    count += 1;
    return kept;
  };
  yield sealed({ kind: "record", format: exportFormat });
  for await (const line of rowLines(read, only)) yield sealed(line);
  yield canonicalJson({ kind: "end", lines: count, sha256: hash.digest("hex") });
}

async function* rowLines(read: ReadStep, only?: string): AsyncGenerator<Json> {
  for await (const space of namespacesOf(read, only)) {
    const namespace = text(space, "namespace");
    const summary = await read(rowOf("summary", namespace));
    const buried = summary === null ? 0 : integer(summary, "buried");
    const floor = Math.max(integer(space, "version_floor"), buried);
    yield { kind: "namespace", namespace, seq: integer(space, "seq"), floor };
    for await (const row of pages(read, "key", (after) => rowsOf("dumpEntries", namespace, after, exportPage))) {
      yield plainRow("entry", row, entryColumns);
    }
    for await (const row of pages(read, "name", (after) => rowsOf("dumpLeases", namespace, after, exportPage))) {
      yield plainRow("lease", row, leaseColumns);
    }
    for await (const queue of pages(read, "queue", (after) => rowsOf("dumpQueues", namespace, after, exportPage))) {
      yield plainRow("queue", queue, queueColumns);
      const name = text(queue, "queue");
      for await (const row of pages(read, "task_id", (after) =>
        rowsOf("dumpTasks", namespace, name, after, exportPage),
      )) {
        yield plainRow("task", row, taskColumns);
      }
    }
  }
}

async function* namespacesOf(read: ReadStep, only?: string): AsyncGenerator<Row> {
  if (only === undefined) {
    yield* pages(read, "namespace", (after) => rowsOf("dumpNamespaces", after, exportPage));
    return;
  }
  const row = await read(rowOf("namespace", only));
  if (row !== null) yield { ...row, namespace: only };
}

async function* pages(
  read: ReadStep,
  column: string,
  page: (after: string) => Step<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after = ""; ;) {
    const rows = await read(page(after));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < exportPage) return;
    after = text(last, column);
  }
}

// A column that ends in `?` may be null; "#" marks numbers.
const entryColumns = "key #version #seq text writer sha256 #bytes #written_at_ms #expires_at_ms?".split(" ");
const leaseColumns = "name holder #token #expires_at_ms #held".split(" ");
const queueColumns = "queue #open_tasks #position".split(" ");
const taskColumns = [
  "task_id #position state #claimed payload payload_sha256 #attempts #max_attempts #token worker? #available_at_ms",
  "result? result_sha256? reason? #pushed_at_ms #done_at_ms?",
].flatMap((columns) => columns.split(" "));
const columnsOf: Readonly<Record<string, readonly string[]>> = {
  entry: entryColumns,
  lease: leaseColumns,
  queue: queueColumns,
  task: taskColumns,
};

function plainRow(kind: string, row: Row, columns: readonly string[]): Json {
  const members = columns.map((column) => [column.replace(/^#|\?$/g, ""), valueOf(row, column)]);
  return { kind, ...Object.fromEntries(members) };
}

function valueOf(row: Row, column: string): string | number | null {
  const name = column.replace(/^#|\?$/g, "");
  if (column.startsWith("#")) return column.endsWith("?") ? integerOrNull(row, name) : integer(row, name);
  return column.endsWith("?") ? textOrNull(row, name) : text(row, name);
}

/** Reads every line, checks every digest, and only then says what to write, in steps of bounded size. */
export async function readImport(lines: Iterable<string> | AsyncIterable<string>): Promise<{
  readonly asks: readonly RestoreAsk[];
  readonly imported: Imported;
}> {
  const rows = await verifiedRows(lines);
  const asks: { namespace: string; begin: RestoreAsk["begin"]; rows: RestoreRow[] }[] = [];
  const seen = { namespace: 0, entry: 0, lease: 0, queue: 0, task: 0 };
  let queue = "";
  let bytes = 0;
  for (const row of rows) {
    const kind = text(row, "kind");
    if (kind === "namespace") {
      seen.namespace += 1;
      bytes = 0;
      const begin = { seq: integer(row, "seq"), floor: integer(row, "floor") };
      asks.push({ namespace: text(row, "namespace"), begin, rows: [] });
      continue;
    }
    if (kind !== "entry" && kind !== "lease" && kind !== "queue" && kind !== "task")
      throw broken(`a line is of kind ${kind}`);
    const columns = columnsOf[kind];
    let ask = asks.at(-1);
    if (ask === undefined || columns === undefined) throw broken("a row comes before its namespace");
    seen[kind] += 1;
    if (kind === "queue") queue = text(row, "queue");
    const values = columns.map((column) => valueOf(row, column));
    const restored = restoreRowsOf(kind, ask.namespace, queue, values);
    bytes += restored.reduce((sum, { values }) => sum + values.reduce<number>((n, v) => n + String(v).length, 0), 0);
    if (ask.rows.length >= importRows || bytes > importStepBytes) {
      ask = { namespace: ask.namespace, begin: null, rows: [] };
      asks.push(ask);
      bytes = 0;
    }
    ask.rows.push(...restored);
  }
  const { namespace: namespaces, entry: entries, lease: leases, task: tasks } = seen;
  return { asks, imported: { namespaces, entries, leases, tasks } };
}

function restoreRowsOf(
  kind: "entry" | "lease" | "queue" | "task",
  namespace: string,
  queue: string,
  values: readonly (string | number | null)[],
): readonly RestoreRow[] {
  switch (kind) {
    case "lease":
      return [{ into: "setLease", values: [namespace, ...values] }];
    case "queue":
      return [{ into: "restoreQueue", values: [namespace, ...values] }];
    case "task":
      return [{ into: "restoreTask", values: [namespace, queue, ...values] }];
    case "entry": {
      const [
        key = null,
        version = null,
        seq = null,
        kept,
        writer = null,
        sha256 = null,
        bytes = null,
        at = null,
        end = null,
      ] = values;
      if (typeof kept !== "string" || digest(kept) !== sha256)
        throw broken(`the value of ${namespace}/${key} is not the one that was written`);
      return [
        { into: "setEntry", values: [namespace, key, version, seq, 1, at, end] },
        { into: "appendLog", values: [namespace, seq, key, "put", kept, version, writer, sha256, bytes, at, end] },
      ];
    }
  }
}

async function verifiedRows(lines: Iterable<string> | AsyncIterable<string>): Promise<readonly Row[]> {
  const hash = createHash("sha256");
  const rows: Row[] = [];
  let bytes = 0;
  let end: Row | null = null;
  for await (const line of lines) {
    if (end !== null) throw broken("something follows its last line");
    bytes += line.length;
    if (bytes > maxImportBytes) throw broken(`it is larger than ${maxImportBytes} bytes`);
    const row = parseLine(line);
    if (row.kind === "end") end = row;
    else {
      hash.update(`${line}\n`);
      rows.push(row);
    }
  }
  if (end === null) throw broken("its last line is missing");
  if (end.lines !== rows.length || end.sha256 !== hash.digest("hex")) throw broken("its digest is another");
  const head = rows.shift();
  if (head?.kind !== "record" || head.format !== exportFormat) throw broken(`it is not ${exportFormat}`);
  return rows;
}

function parseLine(line: string): Row {
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value)) return value;
  } catch {
    // Said below, the same way as any other line that is no row.
  }
  throw broken("a line is no JSON object");
}

function broken(reason: string): SwarmError {
  return new SwarmError("memory.export", `Cannot import this export: ${reason}`, {
    hint: "Use another copy; nothing was written",
  });
}
