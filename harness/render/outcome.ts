// What a claim of a gate counts as outside: the mapping table of measurement §12 in one place, so that JUnit, CTRF, SARIF and
// the job summary cannot disagree. A check that did not hold may not hide behind a claim that does.
import type { Claim, ClaimVerdict, PlannedClaim } from "../claims/types.ts";
import type { CheckRecord, RunDocument } from "./run-document.ts";

export interface GateCase {
  readonly planned: PlannedClaim;
  readonly claim: Claim;
  readonly checks: readonly CheckRecord[];
  /** The claim's verdict, or a worse one from the checks that cite it. */
  readonly outcome: ClaimVerdict;
  /** `<layer>/<title>` as people know it. */
  readonly name: string;
  readonly durationMs: number;
}

/** Every claim that gates, in the order of the plan. Information is no case: one without a fault would count as green. */
export function gateCases(doc: RunDocument): readonly GateCase[] {
  const claims = new Map(doc.claims.map((claim) => [claim.id, claim]));
  return doc.planned.flatMap((planned) => {
    const claim = claims.get(planned.id);
    if (planned.need === "info" || claim === undefined) return [];
    const checks = doc.checks.filter((check) => check.claimId === planned.id);
    const title = checks[0]?.title ?? planned.sentence;
    const durationMs = checks.reduce((total, check) => total + check.durationMs, 0);
    const name = `${claim.target}/${title}`;
    return [{ planned, claim, checks, outcome: outcomeOf(claim, checks), name, durationMs }];
  });
}

function outcomeOf(claim: Claim, checks: readonly CheckRecord[]): ClaimVerdict {
  if (claim.verdict !== "PASS") return claim.verdict;
  if (checks.some((check) => check.state === "failed")) return "FAIL";
  return checks.some((check) => check.state === "not-run") ? "NOT_RUN" : "PASS";
}

/** Claims that only inform. */
export function informing(doc: RunDocument): readonly Claim[] {
  const ids = new Set(doc.planned.filter((planned) => planned.need === "info").map((planned) => planned.id));
  return doc.claims.filter((claim) => ids.has(claim.id));
}

const severities: readonly ClaimVerdict[] = ["FAIL", "INVALID", "NOT_RUN", "INSUFFICIENT", "UNDECIDED", "INFO", "PASS"];

/** Required before optional, then the worse outcome. */
export function worstFirst(cases: readonly GateCase[]): readonly GateCase[] {
  const rank = ({ planned, outcome }: GateCase): number =>
    severities.indexOf(outcome) * 2 + (planned.need === "required" ? 0 : 1);
  const isOpen = ({ outcome }: GateCase): number => (outcome === "PASS" ? 1 : 0);
  return [...cases].sort((a, b) => isOpen(a) - isOpen(b) || rank(a) - rank(b));
}
