// The run's in-toto statement. Law: measurement §9: consumers ignore unknown fields, so an incomplete run says FAILED and a
// simulated one never uses the test-result type at all.
import type { RunJudgement } from "../claims/bundle.ts";
import type { Claim } from "../claims/types.ts";
import type { OpenRun } from "./open-run.ts";

const testResult = "https://in-toto.io/attestation/test-result/v0.1";
const ownResult = "https://e2b-swarm.dev/attestation/validation/v1";

export function runStatement(
  run: Pick<OpenRun, "fingerprint" | "context" | "plan">,
  judged: { readonly claims: readonly Claim[]; readonly judgement: RunJudgement },
  manifestSha256: string,
): unknown {
  const { fingerprint, context, plan } = run;
  const { claims, judgement } = judged;
  const passed = judgement.verdict === "CERTIFIED" || judgement.verdict === "CONDITIONAL";
  const gated = new Set(plan.claims.filter((claim) => claim.need !== "info").map((claim) => claim.id));
  const inGate = claims.filter((claim) => gated.has(claim.id));
  const name = (claim: Claim): string => `${claim.target}/${claim.id}`;
  const named = (claim: Claim): string => `${claim.verdict}: ${name(claim)}`;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      { name: "manifest.json", digest: { sha256: manifestSha256 } },
      ...(fingerprint.commit === null ? [] : [{ name: "source", digest: { gitCommit: fingerprint.commit } }]),
      ...(fingerprint.lockfileSha256 === null
        ? []
        : [{ name: "package-lock.json", digest: { sha256: fingerprint.lockfileSha256 } }]),
    ],
    predicateType: judgement.simulatedOnly ? ownResult : testResult,
    predicate: {
      result: resultOf(judgement),
      configuration: [{ name: "plan.json", digest: { sha256: context.planSha256 } }],
      passedTests: inGate.filter((claim) => claim.verdict === "PASS").map(name),
      warnedTests: passed
        ? judgement.reasons.map((reason) => `${reason.code}: ${reason.claim ?? reason.sentence}`)
        : [],
      failedTests: passed ? [] : inGate.filter((claim) => claim.verdict !== "PASS").map(named),
    },
  };
}

function resultOf(judgement: RunJudgement): "PASSED" | "WARNED" | "FAILED" {
  switch (judgement.verdict) {
    case "CERTIFIED":
      return "PASSED";
    case "CONDITIONAL":
      return "WARNED";
    case "REFUSED":
    case "INCOMPLETE":
      return "FAILED";
    default:
      return judgement.verdict satisfies never;
  }
}
