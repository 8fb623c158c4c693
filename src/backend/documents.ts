// Texts a person or a model may want to read beside calling operations: reports and results of validation runs of this folder,
// the shipped price lists, the shipped pages. Only names that were listed are read, so that no name can lead out of its folder.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SwarmError } from "../contracts/swarm-error.ts";
import { listPriceLists, readPriceList } from "../costs/read-price-list.ts";
import { packageFolder } from "../host/package-folder.ts";

export const documentKinds = ["reports", "runs", "prices", "docs"] as const;
export type DocumentKind = (typeof documentKinds)[number];

export interface DocumentText {
  readonly mimeType: string;
  readonly text: string;
}

/** Runs are listed newest first, at most this many. */
const mostRuns = 200;
const mostBytes = 8 * 1024 * 1024;

/** Ids that `readDocument` knows. `folder` is the one that holds `reports/`. */
export function listDocuments(kind: DocumentKind, folder: string): readonly string[] {
  switch (kind) {
    case "reports":
      return runsWith(folder, "report.md");
    case "runs":
      return runsWith(folder, "results.json");
    case "prices":
      return listPriceLists();
    case "docs":
      return namesIn(packageFolder("docs"))
        .filter((name) => name.endsWith(".md"))
        .map((name) => name.slice(0, -".md".length))
        .sort();
  }
}

/** Null for an id that is not listed. Throws `usage.invalid` for a text that is too large. */
export function readDocument(kind: DocumentKind, id: string, folder: string): DocumentText | null {
  if (!listDocuments(kind, folder).includes(id)) return null;
  switch (kind) {
    case "reports":
      return { mimeType: "text/markdown", text: readText(join(folder, "reports", id, "report.md")) };
    case "runs":
      return { mimeType: "application/json", text: readText(join(folder, "reports", id, "results.json")) };
    case "prices":
      return { mimeType: "application/json", text: JSON.stringify(readPriceList(id)) };
    case "docs":
      return { mimeType: "text/markdown", text: readText(packageFolder("docs", `${id}.md`)) };
  }
}

function runsWith(folder: string, file: string): readonly string[] {
  const reports = join(folder, "reports");
  return namesIn(reports)
    .flatMap((name) => {
      const atMs = writtenAtMs(join(reports, name, file));
      return atMs === null ? [] : [{ name, atMs }];
    })
    .sort((a, b) => b.atMs - a.atMs || a.name.localeCompare(b.name))
    .slice(0, mostRuns)
    .map(({ name }) => name);
}

/** Null for what is no file, or cannot be looked at: beside the folders of runs lie files, and links to anything. */
function writtenAtMs(path: string): number | null {
  try {
    const found = statSync(path);
    return found.isFile() ? found.mtimeMs : null;
  } catch {
    return null;
  }
}

/** A folder that is not there has no names. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  const { size } = statSync(path);
  if (size <= mostBytes) return readFileSync(path, "utf8");
  throw new SwarmError("usage.invalid", `Cannot read ${path}: it has ${size} bytes, at most ${mostBytes} are read`, {
    hint: "Open the file itself",
  });
}
