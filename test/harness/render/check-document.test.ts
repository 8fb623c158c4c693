// A document that would print a better report than the run deserves is refused, with the reason.
import { expect, it } from "vitest";
import { checkDocument } from "../../../harness/render/check-document.ts";
import type { RunDocument } from "../../../harness/render/run-document.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

const [firstClaim, ...otherClaims] = certifiedDocument.claims;
const [firstCheck, ...otherChecks] = certifiedDocument.checks;
const { run } = certifiedDocument;
if (firstClaim === undefined || firstCheck === undefined) throw new Error("the sample is empty");

it("lets the samples through", () => {
  for (const doc of [certifiedDocument, conditionalDocument, refusedDocument, blindDocument]) checkDocument(doc);
});

const broken: readonly (readonly [string, Partial<RunDocument>])[] = [
  ["the run is CERTIFIED at assurance A1", { run: { ...run, assurance: "A1" } }],
  ["the run is CERTIFIED without isolation", { run: { ...run, isolation: "none" } }],
  ["the run is CERTIFIED on a dirty tree", { run: { ...run, dirty: true } }],
  ["the run is CERTIFIED on a later attempt", { run: { ...run, attempt: 2 } }],
  ["the run is CERTIFIED without an expiry", { run: { ...run, expiresAt: null } }],
  ["the run is CERTIFIED with conditions", { conditions: ["one"] }],
  ["the run is CERTIFIED without claims", { claims: [], planned: [], checks: [] }],
  ["the run is CONDITIONAL without a condition", { verdict: "CONDITIONAL" }],
  ["the run is CERTIFIED although a layer was not reached", { layersNotReached: ["cli"] }],
  [`planned claim "${firstClaim.id}" has no verdict`, { claims: otherClaims }],
  [`claim "${firstClaim.id}" was never planned`, { planned: certifiedDocument.planned.slice(1) }],
  ["two claims share one id", { claims: [firstClaim, ...certifiedDocument.claims] }],
  [
    `the run is CERTIFIED although the required claim "${firstClaim.id}" is FAIL`,
    { claims: [{ ...firstClaim, verdict: "FAIL", value: 1 }, ...otherClaims] },
  ],
  [
    `claim "${firstClaim.id}" is PASS without samples, value or limit`,
    { claims: [{ ...firstClaim, n: 0 }, ...otherClaims] },
  ],
  [
    `claim "${firstClaim.id}" is PASS although its value breaks its limit`,
    { claims: [{ ...firstClaim, value: 1 }, ...otherClaims] },
  ],
  [
    `claim "${firstClaim.id}" is PASS without evidence`,
    { claims: [{ ...firstClaim, derivedFrom: [] }, ...otherClaims] },
  ],
  [`check "${firstCheck.id}" holds by absence`, { checks: [{ ...firstCheck, observations: 0 }, ...otherChecks] }],
  [
    `check "${firstCheck.id}" cites the unknown claim "c-local.gone"`,
    { checks: [{ ...firstCheck, claimId: "c-local.gone" }, ...otherChecks] },
  ],
  [
    `the run is CERTIFIED although check "${firstCheck.id}" is not-run`,
    { checks: [{ ...firstCheck, state: "not-run" }, ...otherChecks] },
  ],
  ["the cost lines do not add up to the total", { cost: { ...certifiedDocument.cost, totalMicroUsd: 1 } }],
  ["document.run.durationMs is 0.5, and only safe integers are printed", { run: { ...run, durationMs: 0.5 } }],
  [
    "document.env.x is undefined, and nothing is left out of a report",
    { env: JSON.parse("{}", () => ({ x: undefined })) },
  ],
];

it.each(broken)("refuses a document where %s", (sentence, change) => {
  expect(() => checkDocument({ ...certifiedDocument, ...change })).toThrow(`Cannot print the report: ${sentence}`);
});
