// Reads the record files of a run for the court, in path order. Every line must parse, fit its shape and be numbered
// without a gap; a broken line throws, because evidence that cannot be read cannot be judged.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { EventsFile, ObservationsFile, ParsedEvidence, SamplesFile } from "../claims/bundle.ts";
import { manifestEntry, wholeLines } from "./chain.ts";
import { bundlePaths } from "./manifest.ts";
import { isEvent, isHeader, isObservation, isSample } from "./record-shapes.ts";

/** Throws `evidence.invalid` naming file and line. */
export function readEvidence(folder: string): ParsedEvidence {
  const samples: SamplesFile[] = [];
  const observations: ObservationsFile[] = [];
  const events: EventsFile[] = [];
  for (const path of bundlePaths(folder)) {
    if (!/^(?:samples|observations|events)\/.*\.ndjson$/.test(path)) continue;
    const text = readFileSync(join(folder, path), "utf8");
    const { sha256, records } = manifestEntry(text);
    const [first, ...lines] = wholeLines(text);
    const header = parseLine(path, 1, first ?? "", isHeader);
    const file = { path, sha256, records, header };
    if (header.schema === "evidence/samples/1") samples.push({ ...file, samples: parse(path, lines, isSample) });
    else if (header.schema === "evidence/events/1") events.push({ ...file, events: parse(path, lines, isEvent) });
    else observations.push({ ...file, observations: parse(path, lines, isObservation) });
  }
  return { samples, observations, events };
}

function parse<T extends { readonly i: number }>(
  path: string,
  lines: readonly string[],
  is: (value: unknown) => value is T,
): readonly T[] {
  return lines.map((line, index) => {
    const record = parseLine(path, index + 2, line, is);
    if (record.i !== index) throw broken(path, index + 2, "the record is out of sequence");
    return record;
  });
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
