// The program as people and operations start it: exit codes, one JSON document, and evidence that must verify first.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { auditReport } from "../../../harness/audit/audit.ts";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const end = spawnSync(process.execPath, [join(root, "dist/harness/audit/main.js"), ...args], { encoding: "utf8" });
  return { code: end.status, stdout: end.stdout, stderr: end.stderr };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const example = join(root, "reports/example");
const ownReport = join(example, "report.md");

test("exit codes: 0 proven, 1 contradicted, 6 unsupported, 2 usage and unfit, 5 missing", () => {
  const equation = "2 × 3 = 6";
  expect(run(write("right.md", "The pass rate has no figure.\n")).code).toBe(0);
  expect(run(write("wrong.md", `${equation.replace("6", "7")}\n`)).code).toBe(1);
  expect(run(write("bare.md", "It took 3 s.\n")).code).toBe(6);
  expect(run().code).toBe(2);
  expect(run(write("binary.md", "a\u0000b")).code).toBe(2);
  expect(run(join(folder, "nothing.md")).code).toBe(5);
  expect(run(ownReport, "--evidence", folder).code).toBe(5);
});

test("our own report with its evidence has every number proven or listed as unclaimed", () => {
  const { code, stdout } = run(ownReport, "--evidence", example, "--json", "--most", "5000");
  const answer = JSON.parse(stdout) as {
    readonly counts: Record<string, number>;
    readonly claims: readonly { readonly grade: string }[];
  };
  expect(answer.claims.filter(({ grade }) => grade !== "proven")).toEqual([]);
  expect(answer.counts).toMatchObject({ contradicted: 0, unsupported: 0 });
  expect(answer.counts["proven"]).toBeGreaterThan(1000);
  expect(code).toBe(0);
});

test("a changed number of our own report is contradicted by the bundle, and not one of its own any more", () => {
  const text = readFileSync(ownReport, "utf8");
  const changed = text.replace(/at most \d+\.\d+(\s)ms/, "at most 9.21$1ms");
  expect(changed).not.toBe(text);
  const { code, stdout } = run(write("changed.md", changed), "--evidence", example, "--json");
  const answer = JSON.parse(stdout) as {
    readonly claims: readonly { readonly grade: string; readonly lint: string; readonly text: string }[];
  };
  expect(answer.claims[0]).toMatchObject({
    grade: "contradicted",
    lint: "evidence",
    text: expect.stringMatching(/^9\.21\sms$/),
  });
  expect(code).toBe(1);
});

test("evidence that does not verify proves nothing", () => {
  const copy = join(folder, "bundle");
  cpSync(example, copy, { recursive: true });
  const claims = join(copy, "evidence/claims.json");
  writeFileSync(claims, readFileSync(claims, "utf8").replace(/"over":0/, '"over":1'));
  const { code, stdout } = run(join(copy, "report.md"), "--evidence", copy, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ failed: "evidence.mismatch" });
  expect(code).toBe(7);
});

test("our own report without evidence is unsupported and never contradicted", () => {
  const result = auditReport(readFileSync(ownReport, "utf8"));
  expect(result).toMatchObject({ counts: { contradicted: 0 } });
});
