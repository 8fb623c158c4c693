// The certificate depends on each of its inputs: evidence of this very run is judged, then one input after the other is
// flipped, and the verdict must follow.
import { certify } from "../../harness/certify/certify.ts";
import type { CertifyInput, ParsedEvidence } from "../../harness/claims/bundle.ts";
import type { Plan } from "../../harness/claims/plan.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { check } from "../check.ts";
import { seeCourtRules } from "./court-rules.ts";
import { readPlan } from "./read-plan.ts";

const conditions = { dirtyTree: false, assurance: "A2", interrupted: false } as const;

check("production.certification", async ({ see, evidence: folder }) => {
  const evidence = readEvidence(folder);
  const plan = readPlan(folder);
  // Judged as if only what was already reached had been required: the rest of the run is still going on.
  const { claims, judgement } = certify({ plan, evidence, conditions });
  const doubted = new Set(judgement.reasons.map((reason) => reason.claim));
  const reached = claims.filter((claim) => claim.verdict === "PASS" && !doubted.has(claim.id));
  const passed = new Set(reached.map((claim) => claim.id));
  const small: Plan = {
    ...plan,
    attempt: 1,
    shards: [],
    lateness: null,
    health: null,
    claims: plan.claims.filter((claim) => claim.need === "required" && passed.has(claim.id)),
  };
  const reasons = (of: Plan): readonly string[] =>
    certify({ plan: of, evidence, conditions }).judgement.reasons.map((reason) => reason.code);
  /** Codes that an input adds: the verdict alone would not tell which of two reasons stands behind it. */
  const added = (input: Partial<CertifyInput>): readonly string[] => {
    const before = reasons(small);
    const codes = certify({ plan: small, evidence, conditions, ...input }).judgement.reasons.map(({ code }) => code);
    return codes.filter((code) => !before.includes(code));
  };
  const verdict = (input: Partial<CertifyInput>): string =>
    certify({ plan: small, evidence, conditions, ...input }).judgement.verdict;
  // Reasons, not the word for their absence: nothing of a run that is judged otherwise may print that word.
  await see("with every required claim shown no reason stands against it", [], () => reasons(small));
  await see("at least ten required claims were flipped below", true, () => small.claims.length >= 10);
  for (const claim of small.claims) {
    await see(`${claim.id}: without its evidence`, "INCOMPLETE", () =>
      verdict({ evidence: without(evidence, claim.metric) }),
    );
    await see(`${claim.id}: with one bad record`, "REFUSED", () =>
      verdict({ evidence: spoiled(evidence, claim.metric) }),
    );
  }
  const [first] = small.claims;
  if (first !== undefined) {
    await see("records that name no witness", "REFUSED", () =>
      verdict({ evidence: changed(evidence, first.metric, { wit: null }) }),
    );
    await see("records of another target", "REFUSED", () =>
      verdict({ evidence: changed(evidence, first.metric, { target: "cloud" }) }),
    );
  }
  await seeCourtRules(see, small, evidence);
  await see("a dirty tree", ["dirty-tree"], () => added({ conditions: { ...conditions, dirtyTree: true } }));
  await see("only a local signature", ["assurance"], () => added({ conditions: { ...conditions, assurance: "A1" } }));
  await see("an interrupted run", ["interrupted"], () => added({ conditions: { ...conditions, interrupted: true } }));
  await see("a plan that requires nothing", "INCOMPLETE", () => verdict({ plan: { ...small, claims: [] } }));
});

function changed(
  evidence: ParsedEvidence,
  metric: string,
  change: { readonly wit: null } | { readonly target: "cloud" },
): ParsedEvidence {
  const samples = evidence.samples.map((file) =>
    file.header.metric === metric ? { ...file, samples: file.samples.map((one) => ({ ...one, ...change })) } : file,
  );
  const observations = evidence.observations.map((file) =>
    file.header.metric === metric
      ? { ...file, observations: file.observations.map((one) => ({ ...one, ...change })) }
      : file,
  );
  return { ...evidence, samples, observations };
}

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
