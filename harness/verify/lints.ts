// What forged records look like although every digest is right: echoes that do not answer their nonce, times on a coarse grid,
// things that happened before they could, one series told twice. Law: measurement §10 step 3.
import { digestHex } from "./digests.ts";
import { textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

/** No monotonic clock of ours gives only whole milliseconds; a series typed by hand, or made from a wall clock, does. */
const grainNs = 1_000_000;
/** Fewer samples than this may lie on the grid, or agree, by chance. */
const fewest = 10;

export function lintRecords(files: readonly RecordFile[], notes: Notebook): void {
  const samples = files.filter((file) => file.kind === "samples");
  for (const file of files.filter((one) => one.kind === "events")) checkEchoes(file, notes);
  for (const file of samples) checkGrain(file, notes);
  checkOrder(files, notes);
  checkTwice(samples, notes);
  notes.tick("echoes of nonces, grain of times, order of events, series that stand twice");
}

/** An echo is the digest of the nonce and of the id that the target issued: only code inside that sandbox knows both. */
function checkEchoes(file: RecordFile, notes: Notebook): void {
  for (const [index, row] of file.rows.entries()) {
    const problem = row["k"] === "wit" ? echoProblem(row) : null;
    if (problem !== null) notes.blame(`evidence/${file.path}`, problem, { place: `line ${index + 2}` });
  }
}

function echoProblem({ nonce, nonceEcho, sandboxId, provenance }: Fields): string | null {
  if (nonceEcho === null && nonce === null) return null;
  if (nonceEcho === null) {
    return provenance === "measured" ? "its nonce was never answered and it still says measured" : null;
  }
  if (nonce === null || sandboxId === null) return "it holds an echo without the nonce or the sandbox that answered";
  const wanted = digestHex(Buffer.from(`${textOf(nonce)}:${textOf(sandboxId)}`));
  return nonceEcho === wanted ? null : "the echo is not the answer of that sandbox to that nonce";
}

function checkGrain(file: RecordFile, notes: Notebook): void {
  const durations = file.rows.flatMap((row) => (typeof row["dur"] === "number" ? [row["dur"]] : []));
  if (durations.length < fewest || durations.some((ns) => ns % grainNs !== 0)) return;
  notes.blame(`evidence/${file.path}`, "every duration is a whole number of milliseconds, which no measurement gives", {
    place: "dur",
  });
}

/** Records of one file go forward in time, and nothing reached a local server before it was announced. */
function checkOrder(files: readonly RecordFile[], notes: Notebook): void {
  const servers = files.flatMap((file) => file.rows.filter((row) => row["k"] === "srv" && row["target"] === "local"));
  const opened = servers.length === 0 ? null : Math.min(...servers.map((row) => wholeOf(row["t"]) ?? 0));
  for (const file of files) {
    let before = 0;
    for (const [index, row] of file.rows.entries()) {
      const at = { place: `line ${index + 2}` };
      const time = wholeOf(file.kind === "samples" ? (row["st"] ?? row["sch"]) : row["t"]);
      if (time === null) notes.blame(`evidence/${file.path}`, "its time lies before the run began", at);
      else if (file.kind !== "samples" && time < before) {
        notes.blame(`evidence/${file.path}`, "it is older than the record before it", at);
      }
      if (time !== null && opened !== null && time < opened && reachedServer(file, row)) {
        notes.blame(`evidence/${file.path}`, "it speaks with the local server before that was announced", at);
      }
      before = Math.max(before, time ?? 0);
    }
  }
}

function reachedServer(file: RecordFile, row: Fields): boolean {
  if (row["target"] !== "local") return false;
  return file.kind === "samples" || (row["k"] === "wit" && row["kind"] === "exchange");
}

/** Two series of nanoseconds never agree by chance: one of them was copied. */
function checkTwice(samples: readonly RecordFile[], notes: Notebook): void {
  const seen = new Map<string, string>();
  for (const { path, rows } of samples) {
    const durations = rows.flatMap((row) => (typeof row["dur"] === "number" ? [row["dur"]] : []));
    if (durations.length < fewest) continue;
    const series = durations.join(",");
    const first = seen.get(series);
    if (first === undefined) seen.set(series, path);
    else notes.blame(`evidence/${path}`, `its samples are those of evidence/${first}`, { place: "dur" });
  }
}
