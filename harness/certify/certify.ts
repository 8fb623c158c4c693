// The court: plan and evidence in, claims and run verdict out. Pure: no clock, no files, no randomness, so anyone with the
// bundle gets the same answer.
import type { CertifyInput, RunJudgement } from "../claims/bundle.ts";
import type { Claim } from "../claims/types.ts";
import { findUnfit } from "./fit-to-refute.ts";
import { judgeClaim } from "./judge-claim.ts";
import { judgeRun } from "./judge-run.ts";
import { collectWitnesses } from "./origin-of-record.ts";

export interface Certified {
  /** In the order of the plan. */
  readonly claims: readonly Claim[];
  readonly judgement: RunJudgement;
}

export function certify(input: CertifyInput): Certified {
  const witnesses = collectWitnesses(input.evidence.events);
  const unfit = findUnfit(input.plan, input.evidence);
  const court = { plan: input.plan, evidence: input.evidence, witnesses, unfit };
  const claims = input.plan.claims.map((claim) => judgeClaim(claim, court));
  return { claims, judgement: judgeRun(input, claims, unfit) };
}
