// Every defect can be planted, every check has one, and a few are planted for good: what must notice them does. All of them:
// `npm run sabotage`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checks } from "../../../harness/claims/checks.ts";
import { checksToRun, isCatcher } from "../../../harness/sabotage/defect.ts";
import { defects } from "../../../harness/sabotage/defects.ts";
import { impostors } from "../../../harness/sabotage/impostors.ts";
import { plant, timesThere } from "../../../harness/sabotage/plant.ts";
import { runSabotage, type SabotageHost } from "../../../harness/sabotage/run-sabotage.ts";
import { unmask } from "../../../harness/sabotage/unmask.ts";
import { realClock } from "../../../src/host/clock.ts";
import { packageFolder } from "../../../src/host/package-folder.ts";

const host: SabotageHost = {
  clock: realClock,
  signal: new AbortController().signal,
  progress: () => undefined,
  isolation: "bwrap",
};

describe("the list", () => {
  test("at least sixty defects, each of a name of its own, each naming who notices it", () => {
    expect(defects.length).toBeGreaterThanOrEqual(60);
    expect(new Set([...defects, ...impostors].map((one) => one.id)).size).toBe(defects.length + impostors.length);
    const idle = defects.filter((one) => one.caughtBy.length === 0 || !one.caughtBy.every((id) => isCatcher(id)));
    expect(idle).toEqual([]);
    expect(defects.filter((one) => checksToRun(one).length === 0)).toEqual([]);
  });

  test("every check has a defect that it must notice", () => {
    const caught = new Set(defects.flatMap((one) => one.caughtBy));
    expect(checks.map((row) => row.id).filter((id) => !caught.has(id))).toEqual([]);
  });

  test("every edit's text stands in the build exactly once", () => {
    const dist = packageFolder("dist");
    const wrong = [...defects, ...impostors].flatMap((one) =>
      (one.edits ?? []).filter((edit) => timesThere(dist, edit) !== 1).map((edit) => `${one.id}: ${edit.file}`),
    );
    expect(wrong).toEqual([]);
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

test("defects of a layer and of the court are noticed by who must notice them", { timeout: 240_000 }, async () => {
  const wanted = ["destruction-not-marked", "report-says-certified"];
  const tried = await runSabotage(
    defects.filter((one) => wanted.includes(one.id)),
    host,
  );
  expect(
    tried.map(({ id, caught, caughtBy, expected }) => ({ id, caught, same: caughtBy.length === expected.length })),
  ).toEqual(wanted.map((id) => ({ id, caught: true, same: true })));
});

test("impostors are refused and earn no word of success", { timeout: 240_000 }, async () => {
  const wanted = ["disguised-fetch", "clock-runs-slow"];
  const tried = await unmask(
    impostors.filter((one) => wanted.includes(one.id)),
    host,
  );
  expect(tried.map(({ id, caught }) => ({ id, caught }))).toEqual(wanted.map((id) => ({ id, caught: true })));
});
