// The process behind `validate`: one request in, progress on stderr, one JSON document on stdout. It notices when its parent
// dies (stdin ends) and closes the bundle as incomplete; a second run on this machine is refused while one measures.
import { validationHome } from "../../src/backend/running-validation.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { tryLock } from "../../src/host/file-lock.ts";
import { runExitCodes } from "../claims/bundle.ts";
import { answerPlan } from "./answer-plan.ts";
import type { Outcome } from "./finish.ts";
import { mergeRuns } from "./merge-runs.ts";
import { readRequest, type MergeRequest, type RunRequest } from "./request.ts";
import { runValidation } from "./run-validation.ts";

const stop = new AbortController();
const abort = (why: string): void => {
  if (!stop.signal.aborted) stop.abort(new SwarmError("cancelled", `The validation was stopped: ${why}`));
};
process.on("SIGINT", () => abort("interrupted"));
process.on("SIGTERM", () => abort("terminated"));
const orphaned = (): void => abort("the command that started it is gone");
process.stdin.on("end", orphaned).resume();
// A pipe without a reader must not end this process before it has closed the bundle.
process.stdout.on("error", orphaned);
process.stderr.on("error", orphaned);

const home = validationHome(realEnv);
const progress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

async function main(): Promise<number> {
  const request = readRequest(process.argv[2] ?? "{}");
  if (request.task === "plan") {
    process.stdout.write(`${JSON.stringify(answerPlan(request, realClock, home.keys))}\n`);
    return 0;
  }
  const lock = tryLock(home.lockFile);
  if (!("release" in lock)) {
    throw new SwarmError("run.busy", `Cannot validate: process ${lock.pid} is measuring on this machine`, {
      hint: "Wait for it to end; two runs at once would measure each other",
      details: { pid: lock.pid },
    });
  }
  try {
    const host = { clock: realClock, signal: stop.signal, progress, keys: home.keys };
    const outcome = request.task === "merge" ? await mergeRuns(request, host) : await runValidation(request, host);
    process.stdout.write(`${JSON.stringify(answerOf(outcome, request))}\n`);
    return runExitCodes[outcome.certified.judgement.verdict];
  } finally {
    lock.release();
  }
}

function answerOf(outcome: Outcome, request: RunRequest | MergeRequest): object {
  const { runId, folder, certified, conditions, plan } = outcome;
  const { verdict, target } = certified.judgement;
  if (request.task === "bench") {
    const sentences = new Map(plan.claims.map(({ id, sentence }) => [id, sentence]));
    const claims = certified.claims
      .filter((claim) => claim.verdict === "INFO")
      .map(({ id, value, unit, n, provenance }) => ({
        id,
        sentence: sentences.get(id) ?? id,
        value,
        unit,
        n,
        provenance,
      }));
    const kept = [...conditions];
    return { runId, target, isolation: plan.isolation, profile: plan.profile, claims, conditions: kept, folder };
  }
  const counts: Record<string, number> = {};
  for (const claim of certified.claims) counts[claim.verdict] = (counts[claim.verdict] ?? 0) + 1;
  return { runId, verdict, target, isolation: plan.isolation, claims: counts, conditions: [...conditions], folder };
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message, hint, details } = SwarmError.from(thrown);
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint, details } })}\n`);
  process.exitCode = SwarmError.from(thrown).row.exitCode;
}
process.stdout.write("", () => process.exit());
