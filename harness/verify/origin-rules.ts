// Where the evidence of a claim comes from, derived from witnesses: the weakest record decides, one stray target spoils all.
// Law: measurement §2 and §6.
import { textOf, type Fields } from "./facts.ts";
import { witnessProblem, type Seen } from "./record-files.ts";

export interface Origin {
  readonly provenance: string;
  readonly target: string;
  readonly unfit: boolean;
}

const strength = ["declared", "modelled", "simulated", "replayed", "measured"];

export function originFor(
  claim: Fields,
  rows: readonly Fields[],
  facts: { readonly seen: Seen; readonly wanted: string },
): Origin {
  let weakest = strength.length - 1;
  const targets = new Set<string>();
  let broken = false;
  let last: Fields = {};
  for (const row of rows) {
    // Neighbours with one witness and one label say the same.
    if (row["wit"] === last["wit"] && row["provenance"] === last["provenance"] && row["target"] === last["target"])
      continue;
    last = row;
    const named = row["wit"] === null ? null : witnessProblem(row, facts.seen);
    if (named !== null) {
      broken = true;
      continue;
    }
    weakest = Math.min(weakest, strength.indexOf(earned(claim, row, facts.seen)));
    targets.add(textOf(row["target"]));
  }
  const [only] = targets;
  const target = targets.size > 1 ? "mixed" : (only ?? facts.wanted);
  const provenance = targets.size === 0 ? "declared" : (strength[weakest] ?? "declared");
  const stray = facts.wanted !== "mixed" && [...targets].some((one) => one !== facts.wanted);
  const below = strength.indexOf(provenance) < strength.indexOf(textOf(claim["provenanceFloor"]));
  const logical = claim["kind"] === "logic" || claim["kind"] === "safety" || claim["need"] === "info";
  const onlyLogic = target !== "mixed" && (provenance === "simulated" || provenance === "replayed");
  return { provenance, target, unfit: broken || stray || below || (onlyLogic && !logical) };
}

function earned(claim: Fields, row: Fields, seen: Seen): string {
  const said = textOf(row["provenance"]);
  if (row["k"] === "meter" && row["target"] === "local") return said === "declared" ? said : "modelled";
  if (row["wit"] === null) return said === "measured" || said === "replayed" ? "simulated" : said;
  if (said !== "measured") return said;
  const kind = seen.witnesses.get(textOf(row["wit"]))?.["kind"];
  if (kind === "exchange" || claim["subject"] === "own-code") return said;
  return kind === "child" && (claim["kind"] === "logic" || claim["kind"] === "safety") ? said : "simulated";
}
