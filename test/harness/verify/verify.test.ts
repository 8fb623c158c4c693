// Bundles that nobody tampered with: each verifies, and its verdict is derived again from the files.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mulberry32 } from "../../../harness/certify/statistics/seeded.ts";
import { verifyFolder } from "../../../harness/verify/verify.ts";
import { buildGolden, goldenClaims, type Golden } from "../golden-bundle.ts";

let golden: Golden;
let scratch: string;
beforeAll(async () => {
  golden = await buildGolden();
  scratch = mkdtempSync(join(tmpdir(), "honest-"));
});
afterAll(() => {
  golden.remove();
  rmSync(scratch, { recursive: true });
});

describe("an honest bundle", () => {
  test("verifies with the re-derived verdict and says whose key it was", () => {
    const result = verifyFolder(golden.folder);
    expect(result.problems).toEqual([]);
    expect([result.verified, result.verdict, result.exitCode]).toEqual([true, "CONDITIONAL", 3]);
    expect(result.remarks[0]).toMatch(/^Assurance A1: signed by the key SHA256:[0-9a-f]{64}/);
    expect(golden.claims.map((claim) => [claim.id, claim.verdict, claim.provenance])).toEqual([
      ["c-local.create.p95", "PASS", "measured"],
      ["c-local.create.p50", "INFO", "measured"],
      ["c-local.create.success", "PASS", "measured"],
      ["c-local.backend.echo", "PASS", "measured"],
      ["c-local.vote.p95", "PASS", "measured"],
      ["c-local.cost", "INFO", "modelled"],
      ["c-cloud.create.max", "NOT_RUN", "declared"],
    ]);
    // 1 h of 1 vCPU at 14,000 n$/s and 0.5 GiB at 4,500 n$/s: (14,000 + 2,250) × 3,600 n$ = 58,500 µ$.
    expect(golden.claims[5]?.value).toBe(58_500);
  });

  test("without signatures is A0", async () => {
    const bare = await buildGolden({ signed: false });
    const result = verifyFolder(bare.folder);
    expect([result.exitCode, result.problems, result.remarks]).toEqual([3, [], ["Assurance A0: nothing is signed."]]);
    bare.remove();
  });

  test("that was killed is INCOMPLETE", async () => {
    const killed = await buildGolden({ killed: true });
    const result = verifyFolder(killed.folder);
    expect([result.verified, result.verdict, result.exitCode, result.problems]).toEqual([true, "INCOMPLETE", 6, []]);
    killed.remove();
  });

  test("that refutes a required claim exits 1", async () => {
    const refuted = await buildGolden({ observedEcho: "something else" });
    const result = verifyFolder(refuted.folder);
    expect([result.verdict, result.exitCode, result.problems]).toEqual(["REFUSED", 1, []]);
    expect(refuted.claims[3]).toMatchObject({ verdict: "FAIL", value: 1, notes: ["the body"] });
    refuted.remove();
  });

  test("whose bound straddles the limit is INCOMPLETE", async () => {
    const slow = await buildGolden({ slow: true });
    expect(slow.claims[0]).toMatchObject({ verdict: "UNDECIDED", over: 10, need: 336 });
    expect([verifyFolder(slow.folder).verdict, verifyFolder(slow.folder).exitCode]).toEqual(["INCOMPLETE", 6]);
    slow.remove();
  });

  test("on a target without isolation cannot show isolation", async () => {
    const claims = [
      {
        ...goldenClaims[3]!,
        id: "c-local.isolation.echo",
        sentence: "It is apart.",
      },
    ];
    const none = await buildGolden({ plan: { isolation: "none", claims } });
    expect(none.claims[0]).toMatchObject({ verdict: "NOT_RUN", n: 0, value: null });
    expect(verifyFolder(none.folder)).toMatchObject({ verified: true, verdict: "INCOMPLETE", exitCode: 6 });
    none.remove();
  });

  test("that does not exist exits 5", () => {
    const empty = join(scratch, "empty");
    mkdirSync(empty);
    expect(verifyFolder(empty)).toMatchObject({ verified: false, verdict: null, exitCode: 5 });
  });
});

describe("a forged bundle", () => {
  test("caught: any one byte of any file, at seeded places", () => {
    const draw = mulberry32(20);
    const folder = join(scratch, "bytes");
    cpSync(golden.folder, folder, { recursive: true });
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      const honest = readFileSync(path);
      for (let flip = 0; flip < 4; flip += 1) {
        const place = Math.floor(draw() * honest.length);
        const forged = Buffer.from(honest);
        forged[place] = (honest[place] ?? 0) ^ (1 + Math.floor(draw() * 255));
        writeFileSync(path, forged);
        const result = verifyFolder(folder);
        expect([path, place, result.exitCode, result.verified]).toEqual([path, place, 7, false]);
      }
      writeFileSync(path, honest);
    }
    expect(verifyFolder(folder).exitCode).toBe(3);
  });
});
