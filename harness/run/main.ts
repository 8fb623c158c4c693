// The process behind `validate`: one request in, progress on stderr, one JSON document on stdout. It notices when its parent
// dies (stdin ends) and closes the bundle as incomplete; a second run on this machine is refused while one measures.
import { validationHome } from "../../src/backend/running-validation.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { tryLock } from "../../src/host/file-lock.ts";
import { runExitCodes } from "../claims/bundle.ts";
import { readRequest } from "./request.ts";
import { runValidation, type Outcome } from "./run-validation.ts";

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
  const lock = tryLock(home.lockFile);
  if (!("release" in lock)) {
    throw new SwarmError("run.busy", `Cannot validate: process ${lock.pid} is measuring on this machine`, {
      hint: "Wait for it to end; two runs at once would measure each other",
      details: { pid: lock.pid },
    });
  }
  try {
    const request = readRequest(process.argv[2] ?? "{}");
    const outcome = await runValidation(request, { clock: realClock, signal: stop.signal, progress, keys: home.keys });
    process.stdout.write(`${JSON.stringify(answerOf(outcome, request.isolation))}\n`);
    return runExitCodes[outcome.certified.judgement.verdict];
  } finally {
    lock.release();
  }
}

function answerOf({ runId, folder, certified, conditions }: Outcome, isolation: string): object {
  const { verdict, target } = certified.judgement;
  const counts: Record<string, number> = {};
  for (const claim of certified.claims) counts[claim.verdict] = (counts[claim.verdict] ?? 0) + 1;
  const label = target === "cloud" ? "provider" : isolation;
  return { runId, verdict, target, isolation: label, claims: counts, conditions: [...conditions], folder };
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message, hint } = SwarmError.from(thrown);
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.exitCode = SwarmError.from(thrown).row.exitCode;
}
process.stdout.write("", () => process.exit());
