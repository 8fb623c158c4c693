// One validation from lock to verdict: target, signed plan, suites layer by layer, benchmark, orphan witness, judgement,
// report. Whatever happens after the plan is signed, a bundle is left that says how far it came.
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { calibrateArrival } from "../../bench/calibrate.ts";
import { makeScratch } from "../../src/backend/running-validation.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Clock } from "../../src/host/clock.ts";
import { unwritable } from "../../src/host/durable-file.ts";
import { makeId } from "../../src/host/ids.ts";
import { systemRandom } from "../../src/host/random.ts";
import type { Plan } from "../claims/plan.ts";
import { referenceSwarm } from "../../src/swarm/reference-swarm.ts";
import { wiringNote } from "../claims/run-notes.ts";
import { openRun, type OpenRun } from "../evidence/open-run.ts";
import { openSigner } from "../evidence/sign.ts";
import { refuseDearRun } from "./cost-gate.ts";
import { findTarget, leaveTarget, type FoundTarget } from "./find-target.ts";
import { finish, fingerprint, type Outcome } from "./finish.ts";
import { readLedger } from "./ledger.ts";
import { measureAll } from "./measure-all.ts";
import { readCommonPlan } from "./common-plan.ts";
import { mainShard, planRun, subjectDigest } from "./plan-run.ts";
import { readPriceList } from "./price-list.ts";
import { recordScenarios } from "./record-scenarios.ts";
import type { RunRequest } from "./request.ts";
import type { CheckEnd } from "./run-layer.ts";
import { witnessOrphans } from "./witness-orphans.ts";

export interface Host {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (sentence: string) => void;
  /** Folder for this machine's signing key. */
  readonly keys: string;
}

/** Throws `budget.exceeded` for a cloud run above its budget that nobody confirmed, and whatever keeps a plan from being signed. */
export async function runValidation(asked: RunRequest, host: Host): Promise<Outcome> {
  const { request, common } = asked.part === null ? { request: asked, common: null } : readCommonPlan(asked);
  const budgetMicroUsd = refuseDearRun(request);
  const out = resolve(request.folder, request.out);
  const runId = common?.run ?? makeId("run", systemRandom);
  const folder = makeFolder(join(out, request.part === null ? runId : `${runId}-part-${request.part.index}`));
  host.progress(`run ${runId} on the ${request.target} target`);
  const found = await register(() => findTarget(request), folder);
  if (found.unavailable !== null) host.progress(`left out: everything in a sandbox. ${found.unavailable}`);
  const subject = subjectDigest(request);
  const ledger = readLedger(out, subject);
  const attempt = ledger.filter((row) => row.counted).length + 1;
  const run = await register(
    async () => {
      const arrivalMs = await arrivalFor(request, found, host);
      const plan = common ?? makePlan(request, host.clock, { runId, attempt, arrivalMs, budgetMicroUsd });
      return openRunIn(folder, plan, request, host);
    },
    folder,
    () => leaveTarget(found, request),
  );
  announce(run, request, found);
  if (request.part === null || request.part.index === 1) recordScenarios(run);
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

/** The profile's time between arrivals, or on this machine what it can keep today, asked before anything is planned. */
async function arrivalFor(request: RunRequest, found: FoundTarget, { progress }: Host): Promise<number> {
  const { target, isolation, folder, profile, part } = request;
  const usual = profile.arrivalMs[target];
  const asks = request.bench && target === "local" && part === null && found.unavailable === null;
  if (!asks || profile.samples.crew[target] === 0) return usual;
  const arrivalMs = await calibrateArrival({ target, isolation, folder }, usual);
  progress(`arrivals every ${arrivalMs} ms: what this machine can keep today`);
  return arrivalMs;
}

interface PlanChoices {
  readonly runId: string;
  readonly attempt: number;
  readonly arrivalMs: number;
  readonly budgetMicroUsd: number;
}

function makePlan(request: RunRequest, clock: Clock, { runId, ...facts }: PlanChoices): Plan {
  const priceList = readPriceList("e2b-list");
  const now = { createdAtMs: clock.nowMs(), originNs: clock.monotonicNs() };
  return planRun(request, { run: runId, ...now, ...facts, priceList });
}

function openRunIn(folder: string, plan: Plan, request: RunRequest, { clock, keys }: Host): OpenRun {
  const signer = openSigner(join(keys, "signing-key.pem"));
  const options = { folder: join(folder, "evidence"), plan, clock, signer, fingerprint: fingerprint() };
  if (request.part === null) return openRun(options);
  return openRun({ ...options, shard: mainShard(request.part.index), originNs: originOn(clock, plan) });
}

/** This machine's monotonic clock at the moment the common plan was made, as far as the wall clocks agree. */
export function originOn(clock: Clock, plan: Plan): bigint {
  return clock.monotonicNs() - BigInt(Math.max(0, clock.nowMs() - plan.createdAtMs)) * 1_000_000n;
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

export function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}
