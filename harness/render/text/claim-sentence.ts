// One claim as a sentence that can stand alone: statement, verdict, evidence, bound, and what is missing. Generated, so
// that two reports never say the same thing in different words.
import type { Claim } from "../../claims/types.ts";
import { claimWords } from "../words.ts";
import { confidenceMark, countMark, limitText, quantityName, valueText } from "./claim-marks.ts";
import { id, quoted, strong, type Piece, type Text } from "./text.ts";

/** "bench.sandbox.create P99 < 250 ms (local) — PASS. 773 measured samples …" */
export function claimSentence(claim: Claim, all: readonly Claim[]): Text {
  const pieces = [...statement(claim), ...evidence(claim), ...bound(claim), ...missing(claim, all), ...notes(claim)];
  const last = pieces.at(-1);
  return typeof last === "string" ? [...pieces.slice(0, -1), last.trimEnd()] : pieces;
}

function statement(claim: Claim): Text {
  const label = strong(claimWords[claim.verdict].label);
  if (isBehaviour(claim)) return [id(claim.metric), ` (${claim.target}) — `, label, ". "];
  const limit = claim.threshold === null ? [] : [" ", ...limitText(claim)];
  return [id(claim.metric), ` ${quantityName(claim)}`, ...limit, ` (${claim.target}) — `, label, ". "];
}

function evidence(claim: Claim): Text {
  if (claim.n === 0) return ["No sample was taken. "];
  const noun = isObserved(claim) ? "observation" : "sample";
  const pieces: Piece[] = [countMark(claim, "n"), ` ${claim.provenance} ${noun}${claim.n === 1 ? "" : "s"}`];
  if (claim.clusters > 0)
    pieces.push(" in ", countMark(claim, "clusters"), claim.clusters === 1 ? " cluster" : " clusters");
  pieces.push(", ", ...amount(claim, "over"), noun === "observation" ? " against it" : " over the limit");
  if (!isBehaviour(claim)) {
    pieces.push(", ", ...amount(claim, "censored"), " timed out, ", ...amount(claim, "dropped"), " dropped");
  }
  if (claim.excluded > 0) pieces.push(", ", countMark(claim, "excluded"), " left out by a planned rule");
  if (claim.attempt > 1) pieces.push("; attempt ", countMark(claim, "attempt"));
  pieces.push(". ");
  return pieces;
}

function isObserved(claim: Claim): boolean {
  return claim.kind === "logic" || claim.kind === "safety";
}

/** Asserted behaviour, where nothing against it is the limit: the count of what speaks against it says it all. */
function isBehaviour(claim: Claim): boolean {
  const none = claim.threshold?.op === "<=" && claim.threshold.value === 0;
  return isObserved(claim) && claim.estimator === "count" && none && claim.value === claim.over;
}

function amount(claim: Claim, field: "over" | "censored" | "dropped"): Text {
  return claim[field] === 0 ? ["none"] : [countMark(claim, field)];
}

function bound(claim: Claim): Text {
  if (claim.value === null || isBehaviour(claim)) return [];
  const confidence = claim.confPpm === null ? [] : ["At ", confidenceMark(claim), " confidence "];
  const name = confidence.length === 0 ? capital(quantityName(claim)) : `the ${quantityName(claim)}`;
  return [...confidence, name, " is ", ...boundWords(claim), ". "];
}

function boundWords(claim: Claim): Text {
  const [sign, ...value] = valueText(claim);
  if (sign === "≤ ") return ["at most ", ...value];
  return sign === "≥ " ? ["at least ", ...value] : value;
}

function missing(claim: Claim, all: readonly Claim[]): Text {
  if (claim.verdict !== "INSUFFICIENT" && claim.verdict !== "UNDECIDED") return [];
  if (claim.need === null) return [];
  const pieces: Piece[] = ["A decision needs at least ", countMark(claim, "need"), " samples"];
  if (claim.need > claim.n) pieces.push(", ", countMark(claim, "more"), " more");
  return [...pieces, ". ", ...strongestSupported(claim, all)];
}

/** The strongest bound that these very data do support: the highest quantile of the same metric that has one. */
function strongestSupported(claim: Claim, all: readonly Claim[]): Text {
  const weaker = all
    .filter((other) => other.metric === claim.metric && other.estimator === claim.estimator && other.value !== null)
    .filter((other) => (other.qPpm ?? 0) < (claim.qPpm ?? 0))
    .sort((a, b) => (b.qPpm ?? 0) - (a.qPpm ?? 0))[0];
  if (weaker === undefined) return [];
  return [`What these data do support: ${quantityName(weaker)} `, ...boundWords(weaker), " (", id(weaker.id), "). "];
}

function notes(claim: Claim): Text {
  return claim.notes.flatMap((note): Piece[] => [quoted(note), /[.!?]$/.test(note) ? " " : ". "]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
