// What forged records look like although every digest is right: echoes that do not answer their nonce, times on a coarse grid,
// things that happened before they could, one series told twice. Law: measurement §10 step 3.
import { digestHex } from "./digests.ts";
import { checkCited, checkMeters, checkNumbers, checkSequence } from "./lint-witnesses.ts";
import { checkOpened, checkRepeats, checkWitnessed } from "./lint-times.ts";
import { textOf, wholeOf, type Fields, type Notebook } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

/** No monotonic clock of ours gives only whole milliseconds; a series typed by hand, or made from a wall clock, does. */
const grainNs = 1_000_000;
/** Fewer samples than this may lie on the grid, or agree, by chance. */
const fewest = 10;

export interface LintFacts {
  /** Time of the first checkpoint signed by whoever recorded a file: nothing was measured before it. Null: there is none. */
  readonly opened: (path: string) => number | null;
  /** The run was cut short, so its last exchange may have no record yet. */
  readonly cutShort: boolean;
}

export function lintRecords(
  files: readonly RecordFile[],
  notes: Notebook,
  facts: LintFacts = { opened: () => null, cutShort: false },
): void {
  const samples = files.filter((file) => file.kind === "samples");
  const witnesses = new Map<string, Fields>();
  for (const file of files.filter((one) => one.kind === "events")) {
    checkEchoes(file, notes);
    checkNumbers(file, notes);
    for (const row of file.rows) if (row["k"] === "wit") witnesses.set(textOf(row["id"]), row);
  }
  for (const file of samples) {
    checkGrain(file, notes);
    checkRepeats(file, notes);
    checkWitnessed(file, witnesses, notes);
    checkSequence(file, notes);
  }
  checkOrder(files, notes);
  checkOpened(files, facts.opened, notes);
  checkTwice(samples, notes);
  if (!facts.cutShort) {
    checkCited(files, notes);
    checkMeters(files, witnesses, notes);
  }
  notes.tick("echoes, grain of times, order of events, speed, series that stand twice, witnesses nobody names, meters");
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

function durationsOf(file: RecordFile): Float64Array {
  const durations = new Float64Array(file.rows.length);
  let count = 0;
  for (const row of file.rows) {
    const dur = row["dur"];
    if (typeof dur !== "number") continue;
    durations[count] = dur;
    count += 1;
  }
  return durations.subarray(0, count);
}

function checkGrain(file: RecordFile, notes: Notebook): void {
  const durations = durationsOf(file);
  if (durations.length < fewest || durations.some((ns) => ns % grainNs !== 0)) return;
  notes.blame(`evidence/${file.path}`, "every duration is a whole number of milliseconds, which no measurement gives", {
    place: "dur",
  });
}

/** Records of one file go forward in time, and nothing reached a local server before it was announced. */
function checkOrder(files: readonly RecordFile[], notes: Notebook): void {
  const servers = files.flatMap((file) =>
    file.kind === "events" ? file.rows.filter((row) => row["k"] === "srv" && row["target"] === "local") : [],
  );
  const opened = servers.reduce((least, row) => Math.min(least, wholeOf(row["t"]) ?? 0), Number.POSITIVE_INFINITY);
  for (const file of files) {
    const where = `evidence/${file.path}`;
    const sampled = file.kind === "samples";
    let before = 0;
    for (let index = 0; index < file.rows.length; index += 1) {
      const row = file.rows[index] ?? {};
      const time = wholeOf(sampled ? (row["st"] ?? row["sch"]) : row["t"]);
      const early = time !== null && servers.length > 0 && time < opened && reachedServer(file, row);
      if (time !== null && (sampled || time >= before) && !early) {
        before = time;
        continue;
      }
      const at = { place: `line ${index + 2}` };
      if (time === null) notes.blame(where, "its time lies before the run began", at);
      else if (!sampled && time < before) notes.blame(where, "it is older than the record before it", at);
      if (early) notes.blame(where, "it speaks with the local server before that was announced", at);
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
  for (const file of samples) {
    const durations = durationsOf(file);
    if (durations.length < fewest) continue;
    const series = digestHex(new Uint8Array(durations.buffer, durations.byteOffset, durations.byteLength));
    const first = seen.get(series);
    if (first === undefined) seen.set(series, file.path);
    else notes.blame(`evidence/${file.path}`, `its samples are those of evidence/${first}`, { place: "dur" });
  }
}
