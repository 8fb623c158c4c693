// A divided run: every part under one signed plan, judged together. Parts here are closed before they measured anything, so
// that what is tested is who belongs together.
import { spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checks } from "../../../harness/claims/checks.ts";
import { profiles } from "../../../harness/claims/profiles.ts";
import { openEvents, openObservations } from "../../../harness/evidence/recorder.ts";
import { openRun } from "../../../harness/evidence/open-run.ts";
import { recordWitness } from "../../../harness/evidence/record-witness.ts";
import { openSigner } from "../../../harness/evidence/sign.ts";
import { ownCodeSighting } from "../../../harness/evidence/witness.ts";
import { answerPlan } from "../../../harness/run/answer-plan.ts";
import { readCommonPlan } from "../../../harness/run/common-plan.ts";
import { finish, fingerprint } from "../../../harness/run/finish.ts";
import { mergeRuns } from "../../../harness/run/merge-runs.ts";
import { divide, mainShard, shardOf } from "../../../harness/run/plan-run.ts";
import type { RunRequest } from "../../../harness/run/request.ts";
import { makeFolder } from "../../../harness/run/run-validation.ts";
import { verifyFolder } from "../../../harness/verify/verify.ts";
import { realClock } from "../../../src/host/clock.ts";

const root = mkdtempSync(join(tmpdir(), "merge-"));
afterAll(() => rmSync(root, { recursive: true }));
const keys = join(root, "keys");
const host = { clock: realClock, signal: new AbortController().signal, progress: () => undefined, keys };
const base = { target: "local", isolation: "bwrap", folder: root, budgetMicroUsd: 5_000_000 } as const;

function makePlan(out: string): void {
  answerPlan({ task: "plan", ...base, profile: profiles.gate, parts: 2, out }, realClock, keys);
}

/** A part that kept its shards and measured nothing; returns its report folder. */
async function record(plan: string, index: number, shards: readonly string[] = []): Promise<string> {
  const asked: RunRequest = {
    task: "validate",
    ...base,
    out: "out",
    profile: profiles.gate,
    layers: [],
    checks: null,
    bench: true,
    confirmCost: false,
    part: { index, of: 2, plan },
  };
  const { request, common } = readCommonPlan(asked);
  const folder = makeFolder(mkdtempSync(join(root, "part-")));
  const run = openRun({
    folder: join(folder, "evidence"),
    plan: common,
    clock: realClock,
    signer: openSigner(join(keys, "signing-key.pem")),
    fingerprint: fingerprint(),
    shard: mainShard(index),
  });
  for (const shard of shards) {
    const events = openEvents(run.context, shard, realClock);
    const witness = recordWitness(events, ownCodeSighting());
    const observations = openObservations(run.context, shard.replace("check-", "").replaceAll("-", "."), realClock);
    observations.observe("what a part saw", 1, 1, witness);
    observations.close();
    events.close();
  }
  await finish({ run, request, host, folder, out: root, subject: "s", ends: [], ledger: [] });
  return folder;
}

const merged = (parts: readonly string[], out: string) => mergeRuns({ task: "merge", folder: root, out, parts }, host);

let one = "";
let two = "";
beforeAll(async () => {
  makePlan("plan");
  one = await record("plan", 1);
  two = await record("plan", 2, ["check-backend-exports"]);
});

test("parts of one plan are judged together; what nobody brought is missing", async () => {
  const { certified, plan } = await merged([two, one], "both");
  expect(certified.judgement.verdict).toBe("INCOMPLETE");
  const missing = certified.judgement.reasons.filter(({ code }) => code === "shard.missing");
  expect(missing).toHaveLength(plan.shards.length - 3);
  const report = join(root, "both", `${plan.run}-merged`);
  expect(verifyFolder(report)).toMatchObject({ problems: [], verdict: "INCOMPLETE" });
  const python = spawnSync("python3", ["deploy/verify/verify.py", report], { encoding: "utf8" });
  expect(python.stdout).not.toContain("problem ");
  expect(python.status).toBe(6);
});

test("a record that no part signed does not verify", async () => {
  const { folder } = await merged([two, one], "changed");
  const evidence = join(folder, "evidence");
  renameSync(join(evidence, "parts/2"), join(evidence, "parts/3"));
  const { problems } = verifyFolder(folder);
  const words = problems.map(({ file, problem }) => `${file}: ${problem}`);
  expect(words).toContain("evidence/parts/3/manifest.json: it is not the one that the merge took in");
  rmSync(join(evidence, "parts/3"), { recursive: true });
  const left = verifyFolder(folder).problems.map(({ file, problem }) => `${file}: ${problem}`);
  expect(left).toContain("evidence/observations/backend.exports.ndjson: no part of the run signed it");
});

test("without a part its shards are missing", async () => {
  const { certified } = await merged([one], "alone");
  const sentences = certified.judgement.reasons.map(({ sentence }) => sentence);
  expect(sentences).toContain("The shard main-2 did not finish.");
});

test("a part of another plan is refused", async () => {
  makePlan("other");
  const foreign = await record("other", 2);
  await expect(merged([one, foreign], "foreign")).rejects.toMatchObject({ code: "run.shard-foreign" });
});

test("a part given twice is refused", async () => {
  await expect(merged([one, two, one], "twice")).rejects.toMatchObject({
    code: "run.shard-twice",
    details: { index: 1 },
  });
});

test("a plan of two parts has no third", () => {
  const asked = { ...base, part: { index: 3, of: 3, plan: "plan" } };
  expect(() =>
    readCommonPlan({
      task: "validate",
      out: "o",
      profile: profiles.gate,
      layers: [],
      checks: null,
      bench: true,
      confirmCost: false,
      ...asked,
    }),
  ).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});

test.each([1, 2, 3, 5])(
  "%d parts share out every shard once, the benchmark beside the checks that read it",
  (parts) => {
    const shards = ["main", "bench", "bench-own", ...checks.map(({ id }) => shardOf(id))];
    const lists = divide(shards, parts);
    expect(lists.flat().toSorted()).toEqual(
      [...lists.map((_, i) => mainShard(i + 1)), ...shards.filter((name) => name !== "main")].toSorted(),
    );
    expect(lists[0]).toEqual(expect.arrayContaining(["bench", "bench-own", "check-production-sla"]));
  },
);
