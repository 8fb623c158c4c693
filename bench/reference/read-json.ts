// A reference file is somebody else's JSON: every value is asked for by name and kind, and a missing one is an error.
import { readFileSync } from "node:fs";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";

export type Json = Readonly<Record<string, unknown>>;

export function readJson(path: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new SwarmError("evidence.missing", `Cannot read the reference file ${path}`, {
      hint: "Name the folder that holds index.json with --folder",
      cause,
    });
  }
  if (isRecord(value)) return value;
  throw malformed("the file", "an object");
}

export function objectAt(of: Json, name: string): Json {
  const value = of[name];
  if (isRecord(value)) return value;
  throw malformed(name, "an object");
}

export function listAt(of: Json, name: string): readonly unknown[] {
  const value: unknown = of[name];
  if (Array.isArray(value)) return value;
  throw malformed(name, "a list");
}

export function objectsAt(of: Json, name: string): readonly Json[] {
  return listAt(of, name).map((row) => {
    if (isRecord(row)) return row;
    throw malformed(name, "a list of objects");
  });
}

/** A list of lists. */
export function rowsAt(of: Json, name: string): readonly (readonly unknown[])[] {
  return listAt(of, name).map((row) => {
    if (Array.isArray(row)) return row;
    throw malformed(name, "a list of rows");
  });
}

export function numberAt(of: Json, name: string): number {
  const value = of[name];
  if (typeof value === "number") return value;
  throw malformed(name, "a number");
}

export function numbersAt(of: Json, name: string): readonly number[] {
  return numbers(listAt(of, name), name);
}

export function numbers(list: readonly unknown[], name: string): readonly number[] {
  return list.map((value) => {
    if (typeof value === "number") return value;
    throw malformed(name, "a list of numbers");
  });
}

export function matrixAt(of: Json, name: string): readonly (readonly number[])[] {
  return rowsAt(of, name).map((row) => numbers(row, name));
}

export function textAt(of: Json, name: string): string {
  const value = of[name];
  if (typeof value === "string") return value;
  throw malformed(name, "a text");
}

export function flagAt(of: Json, name: string): boolean {
  const value = of[name];
  if (typeof value === "boolean") return value;
  throw malformed(name, "true or false");
}

function malformed(name: string, wanted: string): SwarmError {
  return new SwarmError("evidence.invalid", `Cannot use the reference file: ${name} is not ${wanted}`, {
    hint: "The fields are described in the README beside the reference files",
  });
}
