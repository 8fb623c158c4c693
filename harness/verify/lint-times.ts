// Times that cannot be: a sample from before the plan was signed, one that ended after its witness was written, an answer faster
// than any socket, one duration told again and again. Law: measurement §10 step 2 and §14.
import { textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

/** Shorter durations repeat by chance at the clock's resolution. */
const longNs = 1_000_000;
/** No request and its answer cross a socket in less. */
const fastestExchangeNs = 20_000;

/** One duration to the nanosecond may stand in a hundredth of the samples, or in four of few. */
export function checkRepeats(file: RecordFile, notes: Notebook): void {
  const long = file.rows.flatMap((row) => (typeof row["dur"] === "number" && row["dur"] >= longNs ? [row["dur"]] : []));
  const sorted = Float64Array.from(long).sort();
  const taken = file.rows.reduce((count, row) => count + (typeof row["dur"] === "number" ? 1 : 0), 0);
  const most = Math.max(4, Math.floor(taken / 100));
  // In order, equal ones are neighbours: a value too many times reaches from one place to the place `most` further on.
  for (let at = 0; at + most < sorted.length; at += 1) {
    if (sorted[at] !== sorted[at + most]) continue;
    notes.blame(`evidence/${file.path}`, "one duration stands in many samples to the nanosecond", { place: "dur" });
    return;
  }
}

/** A witness is written when the operation has ended, and an exchange takes time. Failures may inherit an older witness. */
export function checkWitnessed(file: RecordFile, witnesses: ReadonlyMap<string, Fields>, notes: Notebook): void {
  for (let index = 0; index < file.rows.length; index += 1) {
    const row = file.rows[index] ?? {};
    if (row["out"] !== "ok" || row["wit"] === null) continue;
    const witness = witnesses.get(textOf(row["wit"]));
    if (witness?.["kind"] !== "exchange") continue;
    const dur = Number(row["dur"]);
    const at = { place: `line ${index + 2}` };
    if (Number(row["st"]) + dur > Number(witness["t"])) {
      notes.blame(`evidence/${file.path}`, "its witness was written before it ended", at);
    }
    if (row["provenance"] === "measured" && dur < fastestExchangeNs) {
      notes.blame(`evidence/${file.path}`, "it is faster than any exchange over a socket", at);
    }
  }
}

export function checkOpened(
  files: readonly RecordFile[],
  openedFor: (path: string) => number | null,
  notes: Notebook,
): void {
  for (const file of files) {
    const opened = openedFor(file.path);
    if (file.kind === "events" || opened === null) continue;
    const [field, verb] = file.kind === "samples" ? (["st", "started"] as const) : (["t", "was observed"] as const);
    for (let index = 0; index < file.rows.length; index += 1) {
      const time = wholeOf(file.rows[index]?.[field]);
      if (time === null || time >= opened) continue;
      const problem = `it ${verb} before the plan was signed and the run was opened`;
      notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
    }
  }
}
