// A copy of a bundle in the hands of a forger. Edits must change something: a forgery that leaves every byte as it was proves
// nothing, and says so.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalLine } from "../evidence/canonical.ts";

export type Row = Record<string, unknown>;

export interface Copy {
  readonly folder: string;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string | Uint8Array) => void;
  /** Replaces the first match. Throws `NotApplicable` when nothing changes. */
  readonly edit: (path: string, from: string | RegExp, to: string) => void;
  /** Lines without their newlines. */
  readonly lines: (path: string, change: (lines: string[]) => string[]) => void;
  /** Rows after the header; they are numbered again unless `keep`. */
  readonly rows: (path: string, change: (rows: Row[]) => Row[], numbering?: "keep") => void;
  readonly json: (path: string, change: (document: Row) => void) => void;
  /** Paths of the bundle, for instance `evidence/plan.json`. */
  readonly paths: () => readonly string[];
}

/** The bundle holds nothing that this forgery could change. */
export class NotApplicable extends Error {}

export function openCopy(folder: string): Copy {
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(folder, path), text);
  const replace = (path: string, text: string): void => {
    if (text === read(path)) throw new NotApplicable(`${path} holds nothing to change`);
    write(path, text);
  };
  const lines = (path: string, change: (lines: string[]) => string[]): void => {
    const changed = change(read(path).split("\n").slice(0, -1));
    replace(path, changed.map((line) => `${line}\n`).join(""));
  };
  return {
    folder,
    read,
    write,
    lines,
    edit: (path, from, to) => replace(path, read(path).replace(from, to)),
    rows: (path, change, numbering) =>
      lines(path, ([head = "", ...rest]) => {
        const rows = change(rest.map((line) => rowOf(JSON.parse(line))));
        return [head, ...rows.map((row, i) => canonicalLine(numbering === "keep" ? row : { ...row, i }))];
      }),
    json: (path, change) => {
      const document = rowOf(JSON.parse(read(path)));
      change(document);
      replace(path, `${path.startsWith("evidence/") ? canonicalLine(document) : JSON.stringify(document)}\n`);
    },
    paths: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort(),
  };
}

export function rowOf(value: unknown): Row {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function rowsOf(value: unknown): Row[] {
  return Array.isArray(value) ? value.map((item) => rowOf(item)) : [];
}
