// One planted defect per layer turns exactly the checks red that it names. `npm run sabotage` plants all of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checks, layers } from "../../../harness/claims/checks.ts";
import { defects, type Defect } from "../../../harness/sabotage/defects.ts";
import { plant, redChecks, redUnder } from "../../../harness/sabotage/plant.ts";

const slow = 120_000;
const example = (id: string): Defect => {
  const found = defects.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no defect ${id}`);
  return found;
};

describe("planting", () => {
  test("at least two defects per layer, each naming checks of its layer", () => {
    for (const layer of layers) expect(defects.filter((one) => one.layer === layer).length).toBeGreaterThanOrEqual(2);
    const known = new Map(checks.map((check) => [check.id, check.layer]));
    const wrong = defects.filter((one) => one.expectRed.some((id) => known.get(id) !== one.layer));
    expect(wrong).toEqual([]);
    expect(new Set(defects.map((one) => one.id)).size).toBe(defects.length);
  });

  test("a text that is not there exactly once is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "plant-"));
    writeFileSync(join(folder, "a.js"), "one two two");
    plant(folder, { file: "a.js", find: "one", replace: "$& three" });
    expect(readFileSync(join(folder, "a.js"), "utf8")).toBe("$& three two two");
    for (const [file, find] of [
      ["a.js", "two"],
      ["a.js", "four"],
      ["b.js", "one"],
    ] as const) {
      expect(() => plant(folder, { file, find, replace: "" })).toThrow(/wanted once/);
    }
    rmSync(folder, { recursive: true });
  });
});

describe("exactly the right checks turn red", () => {
  for (const id of ["execute-ignores-exit-code", "tool-drops-field", "unknown-id-exits-0", "strategy-peeks-ahead"]) {
    test(id, { timeout: slow }, async () => {
      expect(await redUnder(example(id), [])).toEqual(example(id).expectRed);
    });
  }
  test("cost-meter-zero", { timeout: slow }, async () => {
    // Alone and without the benchmark, three checks of this layer lack what they judge; a defect must add exactly its own.
    const control = ["production.certification", "production.sla", "production.success-rate"];
    const reds = (await redChecks(["production"], example("cost-meter-zero").edits)).map((red) => red.id).sort();
    expect(reds).toEqual([...control, ...example("cost-meter-zero").expectRed].sort());
  });
});
