// Claims in words: what was counted, what it supports, what is missing.
import { expect, it } from "vitest";
import { claimSentence } from "../../../../harness/render/text/claim-sentence.ts";
import { plainText } from "../../../../harness/render/text/text.ts";
import { conditionalDocument } from "../sample-document.ts";

const base = conditionalDocument.claims.find((claim) => claim.id === "c-local.sandbox.create.p95");
if (base === undefined) throw new Error("the sample lost its claim");
const claim = {
  ...base,
  value: 231_400_000,
  threshold: { op: "<", value: 250_000_000 } as const,
  n: 773,
  clusters: 773,
  over: 2,
};
const say = (change: object, all: readonly (typeof claim)[] = []): string =>
  plainText(claimSentence({ ...claim, ...change }, all)).replaceAll("\u00a0", " ");

it("states a PASS with its bound", () => {
  expect(say({ qPpm: 990_000 })).toBe(
    "bench.sandbox.create P99 < 250 ms (local) — PASS. 773 measured samples in 773 clusters, 2 over the limit, none timed out, none dropped. At 95 % confidence the P99 is at most 232 ms.",
  );
});

it("states what an INSUFFICIENT claim lacks, and the strongest bound the data support", () => {
  const weaker = { ...claim, qPpm: 950_000, value: 4_900_000_000, id: "c-local.sandbox.create.p95" };
  const change = { qPpm: 990_000, value: null, verdict: "INSUFFICIENT", n: 64, clusters: 64, over: 0, need: 299 };
  expect(say({ ...change, threshold: { op: "<", value: 5_000_000_000 } }, [weaker])).toBe(
    "bench.sandbox.create P99 < 5 s (local) — INSUFFICIENT. 64 measured samples in 64 clusters, none over the limit, none timed out, none dropped. A decision needs at least 299 samples, 235 more. What these data do support: P95 at most 4.90 s (c-local.sandbox.create.p95).",
  );
});

it("states a claim that was not run with its reason", () => {
  expect(say({ n: 0, value: null, verdict: "NOT_RUN", notes: ["no cloud key is set"], target: "cloud" })).toBe(
    "bench.sandbox.create P95 < 250 ms (cloud) — NOT RUN. No sample was taken. no cloud key is set.",
  );
});

it("states a lower bound, a cost and a behaviour", () => {
  const rate = {
    estimator: "proportion.lower",
    unit: "ppm",
    value: 872_661,
    threshold: { op: ">=", value: 900_000 },
    verdict: "UNDECIDED",
    n: 22,
    over: 0,
    clusters: 0,
    need: 29,
    kind: "availability",
  };
  expect(say(rate)).toContain("share ≥ 90 % (local) — UNDECIDED. 22 measured samples");
  expect(say(rate)).toContain(
    "At 95 % confidence the share is at least 87.2661 %. A decision needs at least 29 samples, 7 more.",
  );
  const cost = {
    estimator: "cost",
    unit: "microusd",
    kind: "cost",
    confPpm: null,
    value: 31_284,
    threshold: { op: "<=", value: 5_000_000 },
    provenance: "modelled",
    verdict: "INFO",
  };
  expect(say(cost)).toContain("Cost is $0.031284.");
  const behaviour = {
    estimator: "count",
    unit: "count",
    kind: "logic",
    confPpm: null,
    value: 2,
    over: 2,
    n: 9,
    clusters: 0,
    threshold: { op: "<=", value: 0 },
    verdict: "FAIL",
    metric: "check.x",
  };
  expect(say(behaviour)).toBe("check.x (local) — FAIL. 9 measured observations, 2 against it.");
});
