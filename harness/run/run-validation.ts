// One validation from lock to verdict: target, signed plan, suites layer by layer, benchmark, orphan witness, judgement,
// report. Whatever happens after the plan is signed, a bundle is left that says how far it came.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { runBench } from "../../bench/run-bench.ts";
import { makeScratch } from "../../src/backend/running-validation.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Clock } from "../../src/host/clock.ts";
import { unwritable } from "../../src/host/durable-file.ts";
import { makeId } from "../../src/host/ids.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { systemRandom } from "../../src/host/random.ts";
import { referenceSwarm } from "../../src/swarm/reference-swarm.ts";
import { certify, type Certified } from "../certify/certify.ts";
import type { Manifest } from "../claims/bundle.ts";
import { checks } from "../claims/checks.ts";
import { checkEndNote, runEndNote, wiringNote } from "../claims/run-notes.ts";
import { closeRun, stopRecording } from "../evidence/close-run.ts";
import { readCommitState } from "../evidence/commit-state.ts";
import { readFingerprint, type Fingerprint } from "../evidence/env.ts";
import { openRun, type OpenRun } from "../evidence/open-run.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import { openSigner } from "../evidence/sign.ts";
import { findSecret } from "../evidence/secrets.ts";
import { renderReports } from "../render/render-reports.ts";
import { runDocumentOf } from "../report/run-document-of.ts";
import { findTarget, leaveTarget, type FoundTarget } from "./find-target.ts";
import { appendLedger, readLedger } from "./ledger.ts";
import { planRun, subjectDigest, type LedgerRow } from "./plan-run.ts";
import { readPriceList } from "./price-list.ts";
import type { RunRequest } from "./request.ts";
import { runLayer, type CheckEnd } from "./run-layer.ts";
import { witnessOrphans } from "./witness-orphans.ts";

export interface Outcome {
  readonly runId: string;
  readonly folder: string;
  readonly certified: Certified;
  readonly manifest: Manifest;
  readonly conditions: readonly string[];
}

export interface Host {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (sentence: string) => void;
  /** Folder for this machine's signing key. */
  readonly keys: string;
}

export async function runValidation(request: RunRequest, host: Host): Promise<Outcome> {
  const out = resolve(request.folder, request.out);
  const runId = makeId("run", systemRandom);
  const folder = makeFolder(join(out, runId));
  host.progress(`run ${runId} on the ${request.target} target`);
  const found = await register(() => findTarget(request), folder);
  if (found.unavailable !== null) host.progress(`left out: everything in a sandbox. ${found.unavailable}`);
  const subject = subjectDigest(request);
  const ledger = readLedger(out, subject);
  const attempt = ledger.filter((row) => row.counted).length + 1;
  const run = await register(
    () => openRunIn(folder, request, host, { runId, attempt }),
    folder,
    () => leaveTarget(found, request),
  );
  announce(run, request, found);
  const scratch = makeScratch();
  const ends: CheckEnd[] = [];
  try {
    await measureAll({ request, host, run, found, scratch, ends });
  } catch (thrown) {
    run.events.append({ k: "note", what: "abort", data: { code: SwarmError.from(thrown).code } });
    host.progress(`the run was cut short: ${SwarmError.from(thrown).message}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  await witnessOrphans(run, request, found, host);
  await leaveTarget(found, request);
  return finish({ run, request, host, folder, out, subject, ends, ledger });
}

/** A run that did not come as far as its signed plan leaves nothing. */
async function register<T>(
  step: () => T | Promise<T>,
  folder: string,
  undo = async (): Promise<void> => {},
): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    await undo();
    throw thrown;
  }
}

interface Measuring {
  readonly request: RunRequest;
  readonly host: Host;
  readonly run: OpenRun;
  readonly found: FoundTarget;
  readonly scratch: string;
  readonly ends: CheckEnd[];
}

async function measureAll({ request, host, run, found, scratch, ends }: Measuring): Promise<void> {
  const { context } = run;
  const suiteRun = {
    evidence: context.folder,
    run: context.run,
    planSha256: context.planSha256,
    originNs: String(context.originNs),
    target: request.target,
    isolation: request.isolation,
    port: found.port,
    domain: found.domain,
    unavailable: found.unavailable,
    scratch,
  };
  const onCheck = (end: CheckEnd): void => host.progress(`${end.state.padEnd(7)} ${end.id} (${end.durationMs} ms)`);
  for (const layer of request.layers) {
    host.signal.throwIfAborted();
    if (layer === "production" && request.bench) await measureBench({ request, host, run, found, scratch, ends });
    host.progress(`suite ${layer}`);
    ends.push(...(await runLayer({ layer, suiteRun, scratch, onCheck, signal: host.signal })));
    run.checkpoints.take();
  }
  host.signal.throwIfAborted();
}

/** Pages that earlier work left to be written would stall the durable writes that are measured. */
function settle(): void {
  spawnSync("sync", { timeout: 60_000, stdio: "ignore" });
}

function measureBench({ request, host, run, found, scratch }: Measuring): Promise<void> {
  settle();
  const folder = mkdtempSync(join(scratch, "bench-"));
  return runBench({
    context: run.context,
    options: { target: request.target, isolation: request.isolation, folder },
    port: found.port,
    domain: found.domain,
    sandboxes: found.unavailable === null,
    claims: run.plan.claims,
    stopping: run.plan.stopping,
    progress: host.progress,
    signal: host.signal,
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
}

function openRunIn(
  folder: string,
  request: RunRequest,
  host: Host,
  facts: { readonly runId: string; readonly attempt: number },
): OpenRun {
  const { clock } = host;
  const plan = planRun(request, {
    run: facts.runId,
    createdAtMs: clock.nowMs(),
    originNs: clock.monotonicNs(),
    attempt: facts.attempt,
    priceList: readPriceList("e2b-list"),
  });
  const signer = openSigner(join(host.keys, "signing-key.pem"));
  return openRun({ folder: join(folder, "evidence"), plan, clock, signer, fingerprint: fingerprint() });
}

function fingerprint(): Fingerprint {
  const root = packageFolder();
  return readFingerprint(root, readCommitState(root));
}

/** The server that samples must have talked to: certify and verify accept no other port. */
function announce(run: OpenRun, request: RunRequest, found: FoundTarget): void {
  const domain = request.target === "cloud" ? found.domain : null;
  run.events.append({ k: "srv", target: request.target, port: found.port, domain, pid: found.pid, ownProcess: true });
  // Who hears whom in the reference swarm: the coordinator reads what its peers wrote.
  const hub = referenceSwarm.find((agent) => agent.role === "coordinator")?.agentId ?? "";
  run.events.append(
    wiringNote({
      nodes: referenceSwarm.map(({ agentId, role }) => ({ id: agentId, role })),
      edges: referenceSwarm.filter(({ agentId }) => agentId !== hub).map(({ agentId }) => ({ from: agentId, to: hub })),
    }),
  );
}

/** What a report prints and no other record holds: how each check ended, and when the run did. */
function noteEnds({ run, request, host, ends }: Finishing): void {
  for (const end of ends) {
    const secret = findSecret(end.reason);
    run.events.append(checkEndNote(secret === null ? end : { ...end, reason: `withheld: it holds ${secret}` }));
  }
  run.events.append(runEndNote({ finishedAtMs: host.clock.nowMs(), bench: request.bench }));
}

interface Finishing {
  readonly run: OpenRun;
  readonly request: RunRequest;
  readonly host: Host;
  readonly folder: string;
  readonly out: string;
  readonly subject: string;
  readonly ends: readonly CheckEnd[];
  readonly ledger: readonly LedgerRow[];
}

async function finish(finishing: Finishing): Promise<Outcome> {
  const { run, request, host, folder, out, subject } = finishing;
  const end = fingerprint();
  noteEnds(finishing);
  stopRecording(run, end);
  host.progress("judging");
  const evidence = readEvidence(run.context.folder);
  const conditions = {
    dirtyTree: [run.fingerprint, end].some(({ dirty }) => dirty !== false),
    assurance: "A1" as const,
    interrupted: host.signal.aborted || request.layers.length < new Set(checks.map((check) => check.layer)).size,
  };
  const certified = certify({ plan: run.plan, evidence, conditions });
  const { planSha256 } = run.context;
  // The digest is known only when everything else of the bundle is written; closeRun hands it to the printer.
  const document = runDocumentOf(
    { plan: run.plan, planSha256, fingerprint: run.fingerprint, evidence, ...certified },
    "",
  );
  const reports = (manifestSha256: string): Record<string, string> => ({
    ...renderReports({ ...document, run: { ...document.run, manifestSha256 } }),
  });
  const { claims, judgement } = certified;
  const attempts = finishing.ledger.map(({ subject: _subject, ...line }) => line);
  const manifest = closeRun(run, { claims, judgement, ledger: attempts, reports });
  const counted = claims.some((claim) => claim.n > 0 && claim.provenance === "measured");
  const { run: id } = run.context;
  const createdAtMs = run.plan.createdAtMs;
  appendLedger(out, { subject, run: id, createdAtMs, planSha256, verdict: judgement.verdict, counted });
  pointLatest(out, id);
  return { runId: id, folder, certified, manifest, conditions: document.conditions };
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** `reports/latest` always names a finished run: the link is replaced in one step. */
function pointLatest(out: string, runId: string): void {
  const scratch = join(out, `.latest-${runId}`);
  symlinkSync(runId, scratch);
  renameSync(scratch, join(out, "latest"));
}
