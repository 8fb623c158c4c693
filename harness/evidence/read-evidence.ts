// Reads the record files of a run for the court, in path order. Every line must parse, fit its shape and be numbered
// without a gap; a broken line throws, because evidence that cannot be read cannot be judged.
import { join } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { EventsFile, ObservationsFile, ParsedEvidence, SamplesFile } from "../claims/bundle.ts";
import type { FileHeader } from "../claims/types.ts";
import { eachLine } from "./each-line.ts";
import { bundlePaths } from "./manifest.ts";
import { isEvent, isHeader, isObservation, isSample } from "./record-shapes.ts";

/** Throws `evidence.invalid` naming file and line. */
export function readEvidence(folder: string): ParsedEvidence {
  const samples: SamplesFile[] = [];
  const observations: ObservationsFile[] = [];
  const events: EventsFile[] = [];
  for (const path of bundlePaths(folder)) {
    const kind = /^(samples|observations|events)\/.*\.ndjson$/.exec(path)?.[1];
    if (kind === "samples") {
      const { rows, ...file } = readRecords(folder, path, isSample);
      samples.push({ ...file, samples: rows });
    } else if (kind === "events") {
      const { rows, ...file } = readRecords(folder, path, isEvent);
      events.push({ ...file, events: rows });
    } else if (kind === "observations") {
      const { rows, ...file } = readRecords(folder, path, isObservation);
      observations.push({ ...file, observations: rows });
    }
  }
  return { samples, observations, events };
}

interface Records<T> {
  readonly path: string;
  readonly sha256: string;
  readonly records: number;
  readonly header: FileHeader;
  readonly rows: readonly T[];
}

/** One pass in pieces: digest, count and rows. A last line cut by a crash is left out. */
function readRecords<T extends { readonly i: number }>(
  folder: string,
  path: string,
  is: (value: unknown) => value is T,
): Records<T> {
  const rows: T[] = [];
  let header: FileHeader | null = null;
  const { sha256, records } = eachLine(join(folder, path), (line, number) => {
    if (header === null) {
      header = headerOf(path, line);
      return;
    }
    const record = parseLine(path, number, line, is);
    if (record.i !== number - 2) throw broken(path, number, "the record is out of sequence");
    rows.push(record);
  });
  return { path, sha256, records, header: header ?? headerOf(path, ""), rows };
}

function headerOf(path: string, line: string): FileHeader {
  const header = parseLine(path, 1, line, isHeader);
  if (path.startsWith(`${header.schema.split("/")[1] ?? ""}/`)) return header;
  throw broken(path, 1, "the header is of another kind of file");
}

function parseLine<T>(path: string, number: number, line: string, is: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw broken(path, number, "the line is no JSON");
  }
  if (!is(value)) throw broken(path, number, "the record has not the shape of its kind");
  return value;
}

function broken(path: string, line: number, problem: string): SwarmError {
  return new SwarmError("evidence.invalid", `Cannot judge the evidence: ${path} line ${line}: ${problem}`, {
    hint: "Run again; evidence is never repaired",
    details: { path, line },
  });
}
