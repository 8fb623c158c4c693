// Every result of other engines that an index.json lists, against ours. A file whose digest differs, or whose prices are not at
// hand, is never counted as agreement.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Comparison } from "./comparison.ts";
import { compareBetting } from "./compare-betting.ts";
import { compareCointegration } from "./compare-cointegration.ts";
import { compareIndicators } from "./compare-indicators.ts";
import { comparePairs } from "./compare-pairs.ts";
import { comparePortfolio } from "./compare-portfolio.ts";
import { compareSingle } from "./compare-single.ts";
import type { DataSets } from "./data-sets.ts";
import { objectsAt, readJson, textAt, type Json } from "./read-json.ts";

export type Result =
  | { readonly file: string; readonly outcome: "agrees"; readonly compared: number }
  | { readonly file: string; readonly outcome: "differs"; readonly differences: readonly string[] }
  | { readonly file: string; readonly outcome: "NOT_RUN"; readonly reason: string };

/** One result per listed file, in the order of the index. Throws `evidence.missing` without an index. */
export function checkReference(folder: string, data: DataSets): readonly Result[] {
  const index = readJson(join(folder, "index.json"));
  const rows = [...objectsAt(index, "scenarios"), ...objectsAt(index, "otherFiles")];
  return rows.map((row) => checkFile(folder, textAt(row, "file"), textAt(row, "sha256"), data));
}

function checkFile(folder: string, file: string, sha256: string, data: DataSets): Result {
  try {
    const found = createHash("sha256")
      .update(readFileSync(join(folder, file)))
      .digest("hex");
    if (found !== sha256) return { file, outcome: "differs", differences: [`its sha256 is ${found}, not ${sha256}`] };
    const { compared, differences } = compareFile(readJson(join(folder, file)), data);
    if (compared === 0) return { file, outcome: "differs", differences: ["nothing was compared"] };
    if (differences.length > 0) return { file, outcome: "differs", differences };
    return { file, outcome: "agrees", compared };
  } catch (thrown) {
    if (thrown instanceof SwarmError) return { file, outcome: "NOT_RUN", reason: thrown.message };
    throw thrown;
  }
}

/** The kind of a file is told by its fields. */
export function compareFile(file: Json, data: DataSets): Comparison {
  if (file["kind"] === "single") return compareSingle(file, data);
  if (file["kind"] === "multi") return comparePairs(file, data);
  if ("firstBar" in file) return compareIndicators(file, data);
  if ("portfolio" in file) return comparePortfolio(file, data);
  if ("devig" in file) return compareBetting(file);
  if ("adf" in file) return compareCointegration(file, data);
  throw new SwarmError("evidence.invalid", "No comparison knows this kind of reference file", {
    hint: "Known are single, multi, indicators, portfolio, betting and cointegration",
  });
}
