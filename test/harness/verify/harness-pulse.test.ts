// Court and verifier agree about a harness that was not fit to measure, and a bundle that hides it is caught.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { verifyFolder } from "../../../harness/verify/verify.ts";
import { openCopy, resign } from "../forge.ts";
import { buildGolden, type GoldenOptions } from "../golden-bundle.ts";

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((remove) => remove()));

async function golden(options: GoldenOptions) {
  const built = await buildGolden(options);
  undo.push(built.remove);
  return built;
}

const health = { limits: { loopP99Ns: 1 } };

test("no note about the harness: nothing is refuted, the run is incomplete, and both say so", async () => {
  const { folder, claims } = await golden({ plan: { health }, slow: true });
  expect(claims.filter(({ verdict }) => verdict === "FAIL")).toEqual([]);
  expect(verifyFolder(folder)).toMatchObject({ verified: true, verdict: "INCOMPLETE", problems: [] });
});

test("late requests of one metric void that metric", async () => {
  const { folder } = await golden({ plan: { lateness: { toleranceNs: 100, maxSharePpm: 10_000 } } });
  expect(verifyFolder(folder)).toMatchObject({ verified: true, verdict: "INCOMPLETE" });
});

test("a bundle that leaves the reason out does not verify", async () => {
  const { folder } = await golden({ plan: { health } });
  const bundle = openCopy(folder);
  bundle.edit("evidence/claims.json", /\{"claim":null,"code":"harness"[^}]*\},?/, "");
  const scratch = mkdtempSync(join(tmpdir(), "forge-"));
  undo.push(() => rmSync(scratch, { recursive: true }));
  resign(bundle, scratch);
  const { verified, problems } = verifyFolder(folder);
  expect(verified).toBe(false);
  expect(problems.map(({ place }) => place)).toContain("judgement.reasons");
});
