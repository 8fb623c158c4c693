import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchRows } from "../../harness/claims/bench-rows.ts";
import { power } from "../../harness/certify/statistics/planning.ts";
import { maxExceedances } from "../../harness/certify/statistics/ranks.ts";
import { catalogue, costScenarios, samplesFor } from "../../harness/claims/catalogue.ts";
import { checks } from "../../harness/claims/checks.ts";
import { profileNames, profiles } from "../../harness/claims/profiles.ts";
import { jsonSchema } from "../../src/contracts/parse.ts";
import { scenarios } from "../../src/costs/scenarios.ts";

const root = join(import.meta.dirname, "../..");
const files = readdirSync(join(root, "suites"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".check.ts"),
);

/** What a check file declares: the id in its one `check("…", …)` call. */
function declared(name: string): readonly string[] {
  const text = readFileSync(join(root, "suites", name), "utf8");
  return [...text.matchAll(/^check\("([^"]+)"/gm)].map((match) => match[1] ?? "");
}

test("each named check has exactly one file, each file one named check", () => {
  expect(files.flatMap(declared).sort()).toEqual(checks.map((check) => check.id).sort());
  for (const name of files) expect(declared(name)[0]?.split(".")[0]).toBe(name.split("/")[0]);
});

test("there are the named checks of the five layers, and isolation beside them", () => {
  const count = (layer: string): number => checks.filter((check) => check.layer === layer).length;
  expect(["backend", "mcp", "cli", "trading", "production"].map(count)).toEqual([5, 4, 4, 4, 7]);
});

test.each(["local", "cloud"] as const)("each check and each gate of a %s run is a claim of its own", (target) => {
  const claims = catalogue(target);
  expect(new Set(claims.map((claim) => claim.id)).size).toBe(claims.length);
  for (const check of checks) {
    const found = claims.filter((claim) => claim.metric === `check.${check.id}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ need: "required", plannedN: check.atLeast, threshold: { op: "<=", value: 0 } });
  }
  for (const row of benchRows.filter(({ gates }) => gates === "required")) {
    const gates = claims.filter((claim) => claim.metric === row.metric && claim.need === "required");
    const latency = gates.filter((claim) => claim.kind === "latency");
    expect(latency.map(({ qPpm, threshold }) => [qPpm, threshold?.value])).toEqual([
      [950_000, row.limitNs],
      [990_000, row.limitNs],
    ]);
  }
});

test.each(["gate", "readiness"] as const)("%s gives every required bound full power", (profile) => {
  const claims = catalogue("local", 1, profiles[profile]).filter((claim) => claim.need === "required");
  const bounds = claims.filter((claim) => claim.estimator === "quantile.upper");
  expect(bounds).toHaveLength(16);
  for (const { plannedN, qPpm } of bounds) {
    // Three over still pass a P99 of 773; a good system then passes in 99.2 % (reference "measurement", section 5.1).
    const most = maxExceedances(plannedN, qPpm ?? 0, 0.05) ?? 0;
    expect(plannedN).toBeGreaterThanOrEqual(773);
    expect(power(plannedN, most, 1_000)).toBeGreaterThan(0.99);
  }
});

test("every claim rests on a check, a metric of the benchmark, a meter or a scenario, in every profile", () => {
  const metrics = new Set([
    ...checks.map((check) => `check.${check.id}`),
    ...benchRows.flatMap((row) => [row.metric, `cloud.${row.metric}`]),
    "check.run.orphans",
    "meter.sandbox-seconds",
    ...scenarios.map(({ name }) => `cost.scenario.${name}`),
  ]);
  const planned = profileNames.flatMap((name) => catalogue("local", 1, profiles[name]));
  expect(planned.filter((claim) => !metrics.has(claim.metric)).map((claim) => claim.id)).toEqual([]);
  const used = new Set(planned.map((claim) => claim.metric));
  expect(benchRows.filter((row) => !used.has(row.metric)).map((row) => row.metric)).toEqual([]);
});

test("the profiles of the schema are those of the plan", () => {
  const { properties } = jsonSchema("validate.input");
  expect(properties).toMatchObject({ profile: { enum: [...profileNames] } });
});

test("the three cost scenarios are those that are priced", () => {
  expect([...costScenarios]).toEqual(scenarios.map(({ name }) => name));
});

test("a local run plans the cloud's limits as information only", () => {
  const cloud = catalogue("local").filter((claim) => claim.id.startsWith("c-cloud."));
  expect(cloud.length).toBeGreaterThan(0);
  expect(cloud.every((claim) => claim.need === "info")).toBe(true);
});

test("a later attempt plans more samples, as its stricter level demands", () => {
  expect(samplesFor(59, 1)).toBe(59);
  // alpha/2 = 0.025 needs 72 samples with nothing over (reference "measurement", section 5.6 and its two-sided row).
  expect(samplesFor(59, 2)).toBeGreaterThanOrEqual(72);
  expect([1, 2, 3, 4].map((attempt) => samplesFor(100, attempt))).toEqual([100, 124, 137, 147]);
});
