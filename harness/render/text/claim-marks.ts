// The figures of one claim as marks: the only way a claim's number reaches paper.
import type { Claim } from "../../claims/types.ts";
import { isLowerBound, isUpperBound, opSigns } from "../words.ts";
import { formatCount, formatExact, formatPpm, formatValue, quantileName, type Rounding } from "./format.ts";
import type { ClaimField, Mark, Text } from "./text.ts";

/** A count of the claim: n, over, censored, need … */
export function countMark(claim: Claim, field: Exclude<ClaimField, "value" | "threshold" | "confPpm">): Mark {
  const raw = field === "more" ? Math.max(0, (claim.need ?? claim.n) - claim.n) : (claim[field] ?? 0);
  return { kind: "claim", claim, field, raw, text: formatCount(raw) };
}

/** The value that decided the claim, or why there is none. */
export function valueText(claim: Claim): Text {
  if (claim.value === null) return [absentValue(claim)];
  const text = formatValue(claim.value, claim.unit, roundingOf(claim), claim.threshold?.value ?? null);
  return [boundSign(claim), { kind: "claim", claim, field: "value", raw: claim.value, text }];
}

export function limitText(claim: Claim): Text {
  if (claim.threshold === null) return ["no limit"];
  const { op, value } = claim.threshold;
  const text = formatExact(value, claim.unit);
  return [`${opSigns[op]} `, { kind: "claim", claim, field: "threshold", raw: value, text }];
}

export function confidenceMark(claim: Claim): Mark {
  const raw = claim.confPpm ?? 0;
  return { kind: "claim", claim, field: "confPpm", raw, text: formatPpm(raw) };
}

/** What the claim is about, in a word or two: "P99", "success rate", "cost". */
export function quantityName(claim: Claim): string {
  switch (claim.estimator) {
    case "quantile.upper":
    case "quantile.lower":
    case "quantile.point":
      return claim.qPpm === null ? "quantile" : quantileName(claim.qPpm);
    case "proportion.lower":
    case "proportion.upper":
      return "share";
    case "shift.upper":
    case "shift.lower":
      return "shift";
    case "max.observed":
      return "largest seen";
    case "count":
      return "count";
    case "rate":
      return "rate";
    case "cost":
      return "cost";
  }
}

function roundingOf(claim: Claim): Rounding {
  if (isUpperBound(claim) || claim.estimator === "max.observed") return "up";
  return isLowerBound(claim) ? "down" : "nearest";
}

function boundSign(claim: Claim): string {
  if (isUpperBound(claim)) return "≤ ";
  return isLowerBound(claim) ? "≥ " : "";
}

function absentValue(claim: Claim): string {
  return claim.verdict === "NOT_RUN" || claim.n === 0 ? "not measured" : "no bound";
}
