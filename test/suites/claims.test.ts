import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { benchRows } from "../../harness/claims/bench-rows.ts";
import { catalogue, samplesFor } from "../../harness/claims/catalogue.ts";
import { checks } from "../../harness/claims/checks.ts";

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
  for (const row of benchRows.filter(({ limitNs }) => limitNs !== null)) {
    const gates = claims.filter((claim) => claim.metric === row.metric && claim.need !== "info");
    expect(gates.map((claim) => claim.threshold?.value)).toContain(row.limitNs);
  }
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
