// A closed bundle with very many samples of our own code, streamed to disk by the recorder's own files and judged, printed and
// signed like any other. Seeded, so that every run has the same records apart from times and keys.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { certify } from "../../harness/certify/certify.ts";
import { mulberry32 } from "../../harness/certify/statistics/seeded.ts";
import { profiles } from "../../harness/claims/profiles.ts";
import { closeRun, stopRecording } from "../../harness/evidence/close-run.ts";
import { readFingerprint } from "../../harness/evidence/env.ts";
import { openRun } from "../../harness/evidence/open-run.ts";
import { readEvidence } from "../../harness/evidence/read-evidence.ts";
import { openEvents, openSamples } from "../../harness/evidence/recorder.ts";
import { recordWitness } from "../../harness/evidence/record-witness.ts";
import { openSigner } from "../../harness/evidence/sign.ts";
import { ownCodeSighting } from "../../harness/evidence/witness.ts";
import { renderReports } from "../../harness/render/render-reports.ts";
import { runDocumentOf } from "../../harness/report/run-document-of.ts";
import { planRun } from "../../harness/run/plan-run.ts";
import { readPriceList } from "../../harness/run/price-list.ts";
import type { Clock } from "../../src/host/clock.ts";
import { packageFolder } from "../../src/host/package-folder.ts";

const metrics = ["bench.portfolio.update", "bench.backtest.year-three-symbols"] as const;
/** Lines handed to the file at a time. */
const atOnce = 5_000;

export interface Times {
  /** Reading and judging, and printing, s. */
  readonly certify: number;
  readonly render: number;
}

/** Makes `<folder>/report`; `samples` are shared evenly by two metrics. */
export function makeMillion(folder: string, samples: number, clock: Clock): Times {
  const report = join(folder, "report");
  const request = { task: "validate", target: "local", isolation: "bwrap", profile: profiles.gate } as const;
  const originNs = clock.monotonicNs();
  const facts = {
    run: "run_million",
    createdAtMs: clock.nowMs(),
    originNs,
    attempt: 1,
    priceList: readPriceList("e2b-list"),
    arrivalMs: 200,
    budgetMicroUsd: null,
  };
  const fingerprint = readFingerprint(packageFolder(), { commit: "0".repeat(40), dirty: false });
  const run = openRun({
    folder: join(report, "evidence"),
    plan: planRun(request, facts),
    clock,
    signer: openSigner(join(folder, "key.pem")),
    fingerprint,
  });
  run.events.append({ k: "srv", target: "local", port: 1, domain: null, pid: null, ownProcess: true });
  const events = openEvents(run.context, "bench", clock);
  const { id: wit } = recordWitness(events, ownCodeSighting());
  const start = Number(clock.monotonicNs() - originNs);
  for (const [index, metric] of metrics.entries()) {
    openSamples(run.context, "bench", metric).close();
    const path = join(report, "evidence/samples/bench", `${metric}.ndjson`);
    writeSamples(path, samples / metrics.length, { seed: index + 1, start: start + index * samples * 1_000, wit });
  }
  events.close();
  stopRecording(run, fingerprint);
  const began = clock.monotonicNs();
  const evidence = readEvidence(run.context.folder);
  const conditions = { dirtyTree: false, assurance: "A1", interrupted: true } as const;
  const certified = certify({ plan: run.plan, evidence, conditions });
  const judged = clock.monotonicNs();
  const { planSha256 } = run.context;
  const document = runDocumentOf({ plan: run.plan, planSha256, fingerprint, evidence, ...certified }, "");
  renderReports(document);
  const printed = clock.monotonicNs();
  const { claims, judgement } = certified;
  closeRun(run, {
    claims,
    judgement,
    ledger: [],
    reports: (manifestSha256) => ({ ...renderReports({ ...document, run: { ...document.run, manifestSha256 } }) }),
  });
  const seconds = (from: bigint, to: bigint): number => Number(to - from) / 1e9;
  return { certify: seconds(began, judged), render: seconds(judged, printed) };
}

function writeSamples(
  path: string,
  samples: number,
  { seed, start, wit }: { readonly seed: number; readonly start: number; readonly wit: string },
): void {
  const draw = mulberry32(seed);
  let lines: string[] = [];
  for (let i = 0; i < samples; i += 1) {
    // A long tail, as latencies have: 1 ms and exponentially more.
    const dur = 1_000_000 + Math.floor(-800_000 * Math.log(1 - draw()));
    const sch = start + i * 1_000;
    lines.push(
      `{"att":1,"cl":null,"dur":${dur},"i":${i},"k":"s","out":"ok","ph":"measure","provenance":"measured","sch":${sch},"st":${sch + 7},"target":"local","wit":"${wit}"}\n`,
    );
    if (lines.length < atOnce && i < samples - 1) continue;
    appendFileSync(path, lines.join(""));
    lines = [];
  }
}
