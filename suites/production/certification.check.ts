// The certificate depends on each of its inputs: evidence of this very run is judged, then one input after the other is
// flipped, and the verdict must follow.
import { certify } from "../../harness/certify/certify.ts";
import type { CertifyInput, ParsedEvidence } from "../../harness/claims/bundle.ts";
import type { Plan } from "../../harness/claims/plan.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { check } from "../check.ts";
import { readPlan } from "./read-plan.ts";

const conditions = { dirtyTree: false, assurance: "A2", interrupted: false } as const;

check("production.certification", async ({ see, evidence: folder }) => {
  const evidence = readEvidence(folder);
  const plan = readPlan(folder);
  // Judged as if only what was already reached had been required: the rest of the run is still going on.
  const reached = certify({ plan, evidence, conditions }).claims.filter((claim) => claim.verdict === "PASS");
  const passed = new Set(reached.map((claim) => claim.id));
  const small: Plan = {
    ...plan,
    attempt: 1,
    shards: [],
    lateness: null,
    health: null,
    claims: plan.claims.filter((claim) => claim.need === "required" && passed.has(claim.id)),
  };
  const verdict = (input: Partial<CertifyInput>): string =>
    certify({ plan: small, evidence, conditions, ...input }).judgement.verdict;
  await see("with every required claim passed it certifies", "CERTIFIED", () => verdict({}));
  await see("at least ten required claims were flipped below", true, () => small.claims.length >= 10);
  for (const claim of small.claims) {
    await see(`${claim.id}: without its evidence`, "INCOMPLETE", () =>
      verdict({ evidence: without(evidence, claim.metric) }),
    );
    await see(`${claim.id}: with one bad record`, "REFUSED", () =>
      verdict({ evidence: spoiled(evidence, claim.metric) }),
    );
  }
  await see("a dirty tree", "CONDITIONAL", () => verdict({ conditions: { ...conditions, dirtyTree: true } }));
  await see("only a local signature", "CONDITIONAL", () => verdict({ conditions: { ...conditions, assurance: "A1" } }));
  await see("an interrupted run", "INCOMPLETE", () => verdict({ conditions: { ...conditions, interrupted: true } }));
  await see("a plan that requires nothing", "INCOMPLETE", () => verdict({ plan: { ...small, claims: [] } }));
});

function without(evidence: ParsedEvidence, metric: string): ParsedEvidence {
  return {
    ...evidence,
    samples: evidence.samples.filter((file) => file.header.metric !== metric),
    observations: evidence.observations.filter((file) => file.header.metric !== metric),
  };
}

/** Every sample far above any limit and failed; every observation contradicted. */
function spoiled(evidence: ParsedEvidence, metric: string): ParsedEvidence {
  const samples = evidence.samples.map((file) =>
    file.header.metric === metric
      ? {
          ...file,
          samples: file.samples.map((one) => ({ ...one, out: "error:planted" as const, dur: 600_000_000_000 })),
        }
      : file,
  );
  const observations = evidence.observations.map((file) =>
    file.header.metric === metric
      ? {
          ...file,
          observations: file.observations.map((one) => ({
            ...one,
            observed: '"planted"',
            out: "error:mismatch" as const,
          })),
        }
      : file,
  );
  return { ...evidence, samples, observations };
}
