// Witnesses against what names them. Where samples are taken, every exchange that was witnessed is one; ids of witnesses have no
// gap; a sandbox is metered at least for the time in which it was seen alive. Shows samples and readings that were taken away.
import { textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

const shardOf = (path: string): string => path.replace(/^events\//, "").replace(/\.ndjson$/, "");

/** The recorder numbers the witnesses of a shard. */
export function checkNumbers(file: RecordFile, notes: Notebook): void {
  const shard = shardOf(file.path);
  let next = 0;
  for (const [index, row] of file.rows.entries()) {
    if (row["k"] !== "wit") continue;
    const due = `w-${shard}-${next}`;
    if (row["id"] !== due) {
      const problem = `the witness ${textOf(row["id"])} stands where ${due} is due`;
      notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
      return;
    }
    next += 1;
  }
}

export function checkCited(files: readonly RecordFile[], notes: Notebook): void {
  const cited = new Set<unknown>();
  const shards = new Set<string>();
  for (const file of files) {
    if (file.kind === "samples") shards.add(file.path.split("/")[1] ?? "");
    for (const row of file.rows) if ("wit" in row) cited.add(row["wit"]);
  }
  for (const file of files) {
    if (file.kind !== "events" || !shards.has(shardOf(file.path))) continue;
    for (const [index, row] of file.rows.entries()) {
      if (row["k"] !== "wit" || row["kind"] !== "exchange" || cited.has(row["id"])) continue;
      const problem = `the exchange ${textOf(row["id"])} was witnessed and no record names it: a sample is missing`;
      notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
    }
  }
  checkOnce(files, notes);
}

/** Samples stand in the order of their witnesses: both are written in one breath. A failure may inherit an older witness. */
export function checkSequence(file: RecordFile, notes: Notebook): void {
  let before = -1;
  for (let index = 0; index < file.rows.length; index += 1) {
    const row = file.rows[index] ?? {};
    if (row["out"] !== "ok" || row["wit"] === null) continue;
    const id = textOf(row["wit"]);
    const number = Number(id.slice(id.lastIndexOf("-") + 1));
    if (number < before) {
      notes.blame(`evidence/${file.path}`, "it stands in another order than its witness", {
        place: `line ${index + 2}`,
      });
    }
    before = Math.max(before, number);
  }
}

/** One operation is one sample: the same witness and start in two places is a copy. */
function checkOnce(files: readonly RecordFile[], notes: Notebook): void {
  const owners = new Map<unknown, Map<unknown, string>>();
  for (const file of files) {
    if (file.kind !== "samples") continue;
    for (let index = 0; index < file.rows.length; index += 1) {
      const row = file.rows[index] ?? {};
      if (row["out"] !== "ok" || row["wit"] === null) continue;
      const starts = owners.get(row["wit"]) ?? new Map<unknown, string>();
      owners.set(row["wit"], starts);
      const first = starts.get(row["st"]);
      if (first !== undefined) {
        const problem = `it is the sample of evidence/${first} once more`;
        notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
      }
      starts.set(row["st"], file.path);
    }
  }
}

interface Life {
  /** End of the first witnessed operation, start of the last one, ns from the origin. */
  first: number;
  last: number;
}

export function checkMeters(
  files: readonly RecordFile[],
  witnesses: ReadonlyMap<string, Fields>,
  notes: Notebook,
): void {
  const lives = livesIn(files, witnesses);
  const metered = new Map<string, { ns: number; where: string; place: string }>();
  for (const file of files) {
    if (file.kind !== "events") continue;
    for (const [index, row] of file.rows.entries()) {
      if (row["k"] !== "meter") continue;
      const id = textOf(row["sandboxId"]);
      const ns = (metered.get(id)?.ns ?? 0) + (wholeOf(row["ns"]) ?? 0);
      metered.set(id, { ns, where: `evidence/${file.path}`, place: `line ${index + 2}` });
    }
  }
  for (const [id, { ns, where, place }] of metered) {
    const life = lives.get(id);
    const seen = life === undefined ? 0 : life.last - life.first;
    if (ns < seen) notes.blame(where, `${id} was seen alive for ${seen} ns and is metered for ${ns}`, { place });
  }
}

function livesIn(files: readonly RecordFile[], witnesses: ReadonlyMap<string, Fields>): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>();
  for (const file of files) {
    if (file.kind !== "samples") continue;
    for (const row of file.rows) {
      const witness = row["out"] === "ok" ? witnesses.get(textOf(row["wit"])) : undefined;
      if (witness?.["kind"] !== "exchange" || witness["sandboxId"] === null) continue;
      const id = textOf(witness["sandboxId"]);
      const start = Number(row["st"]);
      const end = start + Number(row["dur"]);
      const life = lives.get(id);
      if (life === undefined) lives.set(id, { first: end, last: start });
      else {
        life.first = Math.min(life.first, end);
        life.last = Math.max(life.last, start);
      }
    }
  }
  return lives;
}
