// A real run in a temp folder: a loopback server, witnessed exchanges, the real recorder, court and closing. The durations are
// seeded, so that every verdict is known, and the clock skips ahead by them; everything else is as in production.
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certify } from "../../harness/certify/certify.ts";
import { mulberry32 } from "../../harness/certify/statistics/seeded.ts";
import type { Plan } from "../../harness/claims/plan.ts";
import { faultNote, runEndNote } from "../../harness/claims/run-notes.ts";
import type { Claim, PlannedClaim } from "../../harness/claims/types.ts";
import { closeRun, stopRecording } from "../../harness/evidence/close-run.ts";
import { readFingerprint } from "../../harness/evidence/env.ts";
import { openRun } from "../../harness/evidence/open-run.ts";
import { joinRun } from "../../harness/evidence/plan.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { openEvents, openObservations, openSamples } from "../../harness/evidence/recorder.ts";
import { recordWitness } from "../../harness/evidence/record-witness.ts";
import { openSigner } from "../../harness/evidence/sign.ts";
import { openWitness, ownCodeSighting } from "../../harness/evidence/witness.ts";
import { renderReports } from "../../harness/render/render-reports.ts";
import { runDocumentOf } from "../../harness/report/run-document-of.ts";
import { realClock } from "../../src/host/clock.ts";

const base: Omit<PlannedClaim, "id" | "metric" | "estimator"> = {
  sentence: "A sandbox starts quickly.",
  layer: "backend",
  kind: "latency",
  qPpm: null,
  confPpm: 950_000,
  unit: "ns",
  threshold: null,
  need: "required",
  plannedN: 200,
  provenanceFloor: "measured",
};

export const goldenClaims: readonly PlannedClaim[] = [
  {
    ...base,
    id: "c-local.create.p95",
    metric: "bench.create",
    estimator: "quantile.upper",
    qPpm: 950_000,
    threshold: { op: "<", value: 250_000_000 },
  },
  {
    ...base,
    id: "c-local.create.p50",
    metric: "bench.create",
    estimator: "quantile.point",
    qPpm: 500_000,
    need: "info",
  },
  {
    ...base,
    id: "c-local.create.success",
    kind: "availability",
    metric: "bench.create",
    estimator: "proportion.lower",
    unit: "ppm",
    threshold: { op: ">=", value: 900_000 },
    need: "optional",
  },
  {
    ...base,
    id: "c-local.backend.echo",
    kind: "logic",
    metric: "check.backend.echo",
    estimator: "count",
    confPpm: null,
    unit: "count",
    threshold: { op: "<=", value: 0 },
    plannedN: 2,
  },
  {
    ...base,
    id: "c-local.vote.p95",
    metric: "bench.vote",
    estimator: "quantile.upper",
    qPpm: 950_000,
    threshold: { op: "<=", value: 9_000_000 },
    subject: "own-code",
  },
  {
    ...base,
    id: "c-local.cost",
    kind: "cost",
    metric: "cost.run",
    estimator: "cost",
    unit: "microusd",
    need: "info",
    provenanceFloor: "modelled",
  },
  { ...base, id: "c-cloud.create.max", metric: "bench.cloud", estimator: "max.observed", need: "info" },
];

export function goldenPlan(changes: Partial<Plan> = {}): Plan {
  return {
    schema: "plan/1",
    run: "run_golden",
    createdAtMs: 1_767_225_600_000,
    expiresAtMs: 1_767_225_600_000 + 7 * 86_400_000,
    originNs: String(realClock.monotonicNs()),
    target: "local",
    isolation: "bwrap",
    provenance: "measured",
    claims: goldenClaims,
    shards: ["main", "bench-0", "suite-0"],
    seed: 7,
    attempt: 1,
    exclusions: [],
    lateness: null,
    stopping: null,
    priceList: {
      id: "e2b-list",
      url: "https://e2b.dev/pricing",
      date: "2026-10-01",
      sha256: "0".repeat(64),
      nanoUsdPerVcpuSecond: 14_000,
      nanoUsdPerGibSecond: 4_500,
    },
    challenge: null,
    ...changes,
  };
}

export interface Golden {
  readonly folder: string;
  readonly claims: readonly Claim[];
  readonly remove: () => void;
}

export interface GoldenOptions {
  readonly plan?: Partial<Plan>;
  readonly signed?: boolean;
  /** Stop before closing, as a killed run does. */
  readonly killed?: boolean;
  readonly observedEcho?: string;
  readonly slow?: boolean;
  /** Four samples per cluster; every ninth sample timed out; durations that follow each other. */
  readonly shape?: "clustered" | "timeouts" | "correlated";
  /** How many sandboxes are created; default 200. */
  readonly creations?: number;
  /** With the reports of a real run instead of the least ones. */
  readonly drawn?: boolean;
}

export async function buildGolden(options: GoldenOptions = {}): Promise<Golden> {
  const root = mkdtempSync(join(tmpdir(), "court-"));
  const folder = join(root, "report");
  const server = createServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    return {
      folder,
      claims: await record(root, folder, port, options),
      remove: () => rmSync(root, { recursive: true }),
    };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function record(root: string, folder: string, port: number, options: GoldenOptions): Promise<readonly Claim[]> {
  const evidence = join(folder, "evidence");
  const fingerprint = readFingerprint(".", { commit: "0".repeat(40), dirty: false });
  const signer = options.signed === false ? null : openSigner(join(root, "key.pem"));
  const plan = goldenPlan(options.plan);
  let skippedNs = 0n;
  const clock = { ...realClock, monotonicNs: () => realClock.monotonicNs() + skippedNs };
  const now = (): number => Number(clock.monotonicNs() - context.originNs);
  const run = openRun({ folder: evidence, plan, clock, signer, fingerprint });
  run.events.append({ k: "srv", target: "local", port, domain: null, pid: process.pid, ownProcess: false });
  const context = joinRun(evidence);
  const watch = openWitness({ target: { kind: "local", port }, env: {} });
  const draw = mulberry32(11);

  const events = openEvents(context, "bench-0", clock);
  const samples = openSamples(context, "bench-0", "bench.create");
  const { creations = 200 } = options;
  for (let i = 0; i < creations; i += 1) {
    const st = now();
    const seen = await watch.during(() => fetch(`http://127.0.0.1:${port}/sandboxes`).then((r) => r.text()));
    const dur =
      100_000_000 + Math.floor(draw() * 90_000_000) + (options.slow === true && i % 20 === 0 ? 400_000_000 : 0);
    const drawn =
      options.shape === "correlated"
        ? 100_000_000 + Math.floor((i * i * 90_000_000) / creations ** 2) + (dur % 1_000)
        : dur;
    skippedNs += BigInt(drawn);
    const witness = recordWitness(events, seen.sighting, {
      sandboxId: i === creations - 1 ? "sbx-0" : `sbx-${i}`,
      listed: true,
    });
    const ph = i < 3 ? "warmup" : "measure";
    const out = options.shape === "timeouts" && i % 9 === 0 ? "timeout" : "ok";
    const cl = options.shape === "clustered" ? `sbx-${Math.floor(i / 4)}` : `sbx-${i}`;
    samples.record({ sch: st - 900, st, dur: drawn, out, ph, cl: options.shape === "correlated" ? null : cl }, witness);
  }
  const failing = await watch.during(async () => Promise.reject(new Error("refused")));
  const late = recordWitness(events, failing.sighting);
  samples.record({ sch: now(), st: now() + 1, dur: 5, out: "error:refused" }, late);
  samples.close();
  const votes = openSamples(context, "bench-0", "bench.vote");
  const own = recordWitness(events, ownCodeSighting());
  const start = now();
  for (let i = 0; i < 240; i += 1) {
    votes.record({ sch: start + i, st: start + i, dur: 1_000 + Math.floor(draw() * 5_000), out: "ok" }, own);
  }
  votes.close();
  events.append({
    k: "meter",
    metric: "cost.run",
    sandboxId: "sbx-0",
    ns: 3_600_000_000_000,
    vcpu: 1,
    memMiB: 512,
    provenance: late.provenance,
    target: "local",
    wit: late.id,
  });
  events.close();

  const suite = openEvents(context, "suite-0", clock);
  const observations = openObservations(context, "backend.echo", clock);
  const seen = await watch.during(() => fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()));
  const witness = recordWitness(suite, seen.sighting);
  observations.observe("the body", options.observedEcho ?? "hello", seen.result.ok ? seen.result.value : null, witness);
  observations.observe("a list", { b: 1.5, a: [1] }, { a: [1], b: 1.5 }, witness);
  observations.close();
  suite.close();
  watch.close();
  if (options.killed === true) return [];

  run.events.append(faultNote({ id: "worker", fault: "kill sandbox", phase: "observed" }));
  run.events.append(runEndNote({ finishedAtMs: plan.createdAtMs + 1_000, bench: true }));
  stopRecording(run, fingerprint);
  const conditions = { dirtyTree: false, assurance: signer === null ? "A0" : "A1", interrupted: false } as const;
  const { claims, judgement } = certify({ plan, evidence: readEvidence(evidence), conditions });
  closeRun(run, {
    claims,
    judgement,
    ledger: [],
    reports: (digest) => {
      if (options.drawn !== true) return reportsOf(plan, claims, judgement.verdict, digest);
      const { planSha256 } = run.context;
      const parts = { plan, planSha256, fingerprint, evidence: readEvidence(evidence), claims, judgement };
      return { ...renderReports(runDocumentOf(parts, digest)) };
    },
  });
  return claims;
}

/** The least report that prints figures the way the renderer does. */
function reportsOf(
  plan: Plan,
  claims: readonly Claim[],
  verdict: string,
  manifestSha256: string,
): Record<string, string> {
  const needs = new Map(plan.claims.map((claim) => [claim.id, claim.need]));
  const figures = claims.flatMap((claim) =>
    (["value", "n", "over"] as const).map(
      (field) =>
        `<data class="claim" value="${claim[field] ?? ""}" data-claim="${claim.id}" data-field="${field}">${claim[field] ?? "none"}</data>`,
    ),
  );
  const columns = ["verdict", "unit", "threshold", "value", "n", "over"] as const;
  const rows = claims.map((claim) => `| ${[claim.id, ...columns.map((column) => cell(claim, column))].join(" | ")} |`);
  const cases = claims
    .filter((claim) => needs.get(claim.id) !== "info")
    .map((claim) => caseOf(claim, needs.get(claim.id) === "required"));
  const count = (tag: string): number => cases.filter((text) => text.includes(`<${tag} `)).length;
  const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  return {
    "report.html": `<!doctype html><title>Report</title><h1>${verdict} (local)</h1>${figures.join("\n")}`,
    "report.md": [
      `# ${verdict} (local)\n\n## Claims as recorded\n`,
      `| claim | ${columns.join(" | ")} |`,
      `|---|${columns.map(() => "---|").join("")}`,
      ...rows,
    ].join("\n"),
    "results.json": JSON.stringify({ verdict, run: { manifestSha256 }, claims }),
    "junit.xml": `<testsuites ${counts}><testsuite name="all" ${counts}>${cases.join("")}</testsuite></testsuites>`,
  };
}

function cell(claim: Claim, column: "verdict" | "unit" | "threshold" | "value" | "n" | "over"): string {
  if (column !== "threshold") return String(claim[column]);
  return claim.threshold === null ? "null" : `\`${claim.threshold.op}${claim.threshold.value}\``;
}

function caseOf(claim: Claim, required: boolean): string {
  const head = `<testcase name="${claim.metric} [${claim.id}]"`;
  if (claim.verdict === "PASS") return `${head}/>`;
  const open = required ? "error" : "skipped";
  const tag = claim.verdict === "FAIL" ? "failure" : claim.verdict === "INVALID" ? "error" : open;
  return `${head}><${tag} type="${claim.verdict}"/></testcase>`;
}
