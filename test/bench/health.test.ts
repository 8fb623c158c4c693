// The harness's pulse: a loop that stands still is seen, and the run it measured can then neither refute nor certify.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { watchHealth } from "../../bench/health.ts";
import { certify } from "../../harness/certify/certify.ts";
import { mulberry32 } from "../../harness/certify/statistics/seeded.ts";
import { registerPlan } from "../../harness/evidence/plan.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { openEvents, openSamples } from "../../harness/evidence/recorder.ts";
import { recordWitness } from "../../harness/evidence/record-witness.ts";
import { ownCodeSighting } from "../../harness/evidence/witness.ts";
import { realClock } from "../../src/host/clock.ts";
import { goldenClaims, goldenPlan } from "../harness/golden-bundle.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const claim = goldenClaims.find(({ id }) => id === "c-local.vote.p95");
if (claim === undefined) throw new Error("the golden plan has a claim about votes");
const conditions = { dirtyTree: false, assurance: "A2", interrupted: false } as const;

/** A hundred samples above the limit, taken while the loop was blocked now and then. */
async function measured(options: { blockMs: number; note: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), "health-"));
  folders.push(folder);
  const plan = goldenPlan({
    claims: [{ ...claim!, threshold: { op: "<", value: 500_000 } }],
    shards: ["bench"],
    health: { limits: { loopP99Ns: 50_000_000 } },
  });
  const context = registerPlan(folder, plan, null);
  const events = openEvents(context, "bench", realClock);
  const samples = openSamples(context, "bench", claim!.metric);
  const health = watchHealth(realClock);
  const own = recordWitness(events, ownCodeSighting());
  for (let i = 0; i < 8; i += 1) {
    const untilNs = realClock.monotonicNs() + BigInt(options.blockMs) * 1_000_000n;
    while (realClock.monotonicNs() < untilNs);
    await sleep(15);
  }
  const draw = mulberry32(3);
  for (let i = 0; i < 100; i += 1) {
    const dur = 900_000 + Math.floor(draw() * 100_000);
    samples.record({ sch: i * 1_000, st: i * 1_000 + 7, dur, out: "ok" }, own);
  }
  samples.close();
  if (options.note) health.close(events);
  events.close();
  const evidence = readEvidence(folder);
  const { claims, judgement } = certify({ plan, evidence, conditions });
  const note = evidence.events.flatMap((file) => file.events).find((one) => one.k === "note" && one.what === "health");
  return {
    verdict: claims[0]?.verdict,
    run: judgement.verdict,
    codes: judgement.reasons.map(({ code }) => code),
    note,
  };
}

test("a loop that was blocked voids the run: incomplete with the reason, and nothing is refuted", async () => {
  const { note, ...seen } = await measured({ blockMs: 120, note: true });
  expect(seen).toEqual({ verdict: "UNDECIDED", run: "INCOMPLETE", codes: ["claim.undecided", "harness"] });
  expect(note).toMatchObject({ data: { sent: 0, windowNs: expect.any(Number) } });
});

test("the same samples from a healthy harness refute", async () => {
  expect(await measured({ blockMs: 0, note: true })).toMatchObject({ verdict: "FAIL", run: "REFUSED" });
});

test("a harness that says nothing about itself is not healthy", async () => {
  expect(await measured({ blockMs: 0, note: false })).toMatchObject({ verdict: "UNDECIDED", run: "INCOMPLETE" });
});

test("a reading holds whole numbers only", async () => {
  const health = watchHealth(realClock);
  health.sent(1_000);
  health.sent(3_000);
  await sleep(30);
  const read = health.read();
  health.close({ shard: "x", append: () => undefined, close: () => undefined });
  expect(Object.values(read).filter((value) => !Number.isSafeInteger(value) || value < 0)).toEqual([]);
  expect(read).toMatchObject({ sent: 2, sendLagP99Ns: 3_000 });
});
