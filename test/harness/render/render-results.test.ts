// results.json: canonical, complete, with the exit code that belongs to the verdict.
import { expect, it } from "vitest";
import { canonicalJson } from "../../../harness/render/canonical-json.ts";
import { renderResults } from "../../../harness/render/render-results.ts";
import { blindDocument, certifiedDocument, conditionalDocument, refusedDocument } from "./sample-document.ts";

it("holds verdict, exit code, counts, claims and checks", () => {
  const results: unknown = JSON.parse(renderResults(refusedDocument));
  expect(results).toMatchObject({
    schema: "e2b-swarm/results/1",
    verdict: "REFUSED",
    exitCode: 1,
    counts: { PASS: 34, FAIL: 1, UNDECIDED: 1, INSUFFICIENT: 5, NOT_RUN: 1, INVALID: 0, INFO: 1 },
    checks: refusedDocument.checks,
    run: refusedDocument.run,
  });
  expect(results).toHaveProperty("claims.length", refusedDocument.claims.length);
});

it.each([
  [certifiedDocument, 0],
  [refusedDocument, 1],
  [conditionalDocument, 3],
  [blindDocument, 6],
])("gives the exit code of the verdict", (doc, exitCode) => {
  expect(JSON.parse(renderResults(doc))).toHaveProperty("exitCode", exitCode);
});

it("writes canonical JSON and refuses what is not", () => {
  expect(canonicalJson({ b: [1, -0, null, true], a: "\u20ac\n" })).toBe('{"a":"€\\n","b":[1,0,null,true]}');
  for (const bad of [0.5, Number.NaN, 2 ** 53, undefined, [undefined], 1n])
    expect(() => canonicalJson(bad)).toThrow("Cannot write");
});
