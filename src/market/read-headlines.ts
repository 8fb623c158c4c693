// The labelled headline fixture. It was written for tests and says so; nothing may show it as news.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Headline } from "../contracts/frames.ts";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { packageFolder } from "../host/package-folder.ts";

export interface LabelledHeadline extends Headline {
  /** What a reader would say; never shown to an agent. */
  readonly label: "positive" | "negative" | "neutral";
}

/** The fixture's headlines of a symbol, oldest first; none when it has none. Throws `market.data` when it is malformed. */
export function readLabelledHeadlines(
  symbol: string,
  folder = packageFolder("fixtures", "headlines"),
): readonly LabelledHeadline[] {
  const path = join(folder, `${symbol.replace(/[^A-Za-z0-9]/g, "")}.json`);
  if (!existsSync(path)) return [];
  const value = parsed(readFileSync(path, "utf8"));
  const rows = isRecord(value) && value["symbol"] === symbol ? value["headlines"] : undefined;
  if (!Array.isArray(rows) || !rows.every(isLabelled)) {
    throw new SwarmError("market.data", `Cannot use the headlines in ${path}: a row is incomplete`, {
      hint: "Reinstall the package",
      details: { path },
    });
  }
  return rows;
}

/** The same without labels, for a task frame; only those published on or before `untilMs` (UTC). */
export function readHeadlines(symbol: string, untilMs: number, folder?: string): readonly Headline[] {
  return readLabelledHeadlines(symbol, folder)
    .filter((row) => Date.parse(row.publishedAt) <= untilMs)
    .map(({ text, symbol, publishedAt, source }) => ({ text, symbol, publishedAt, source }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLabelled(row: unknown): row is LabelledHeadline {
  return (
    isRecord(row) &&
    ["text", "symbol", "publishedAt", "source"].every((name) => typeof row[name] === "string") &&
    (row["label"] === "positive" || row["label"] === "negative" || row["label"] === "neutral")
  );
}
