// The tool that lets CI pass over what only a busy machine left open must stop at everything else.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const tool = join(import.meta.dirname, "../../tools/undecided.mjs");
const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-undecided-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "evidence"));

const claims = [
  { id: "fast", kind: "latency", metric: "bench.sandbox.create" },
  { id: "check", kind: "logic", metric: "check.backend.create" },
  { id: "sla", kind: "logic", metric: "check.production.sla" },
];
const reason = (code: string, claim?: string, level = "INCOMPLETE") => ({ level, code, claim, sentence: code });
const harness = reason("harness");

function codeOf(...reasons: readonly ReturnType<typeof reason>[]): number | null {
  const text = JSON.stringify({ claims, judgement: { verdict: "INCOMPLETE", reasons } });
  writeFileSync(join(folder, "evidence/claims.json"), text);
  return spawnSync(process.execPath, [tool, folder]).status;
}

test("latencies that this machine could not time are left open, and what read them when the harness was held up", () => {
  expect(codeOf(reason("claim.optional", "fast", "CONDITIONAL"))).toBe(0);
  expect(codeOf(reason("claim.insufficient", "fast"), reason("claim.undecided", "fast"))).toBe(0);
  expect(codeOf(harness, reason("claim.insufficient", "sla"))).toBe(0);
});

test("a refuted claim, a check, a missing shard, a claim that was not run are no fault of the machine", () => {
  expect(codeOf(reason("claim.fail", "fast", "REFUSED"))).toBe(1);
  expect(codeOf(reason("claim.insufficient", "sla"))).toBe(1);
  expect(codeOf(harness, reason("claim.insufficient", "check"))).toBe(1);
  expect(codeOf(harness, reason("claim.not-run", "fast"))).toBe(1);
  expect(codeOf(reason("shard.missing"))).toBe(1);
  expect(codeOf(reason("interrupted"))).toBe(1);
});
