// Runs the check files of one layer with vitest, one after the other in a process of their own, and reports what became of
// each. Retries are off: the first attempt decides.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startVitest, type TestCase, type Vitest } from "vitest/node";
import type { SuiteRun } from "../../suites/check.ts";
import { checks, type Layer } from "../claims/checks.ts";
import { realClock } from "../../src/host/clock.ts";
import { packageFolder } from "../../src/host/package-folder.ts";

export interface CheckEnd {
  readonly id: string;
  readonly state: "passed" | "failed" | "not-run";
  readonly reason: string;
  readonly durationMs: number;
}

export interface LayerRun {
  readonly layer: Layer;
  /** Only these checks; null for all. */
  readonly only: readonly string[] | null;
  readonly suiteRun: SuiteRun;
  /** Writable folder for vitest's cache. */
  readonly scratch: string;
  readonly onCheck: (end: CheckEnd) => void;
  readonly signal: AbortSignal;
}

/** The slowest layer may take this long per check, ms (system reference, section 7). */
const checkTimeoutMs = 120_000;
/** A check that was asked to stop removes what it made; this is how long it may take, ms. */
const stopMs = 8_000;

/** One end per check of the layer, in the order of the list; a check without a result did not run. */
export async function runLayer(run: LayerRun): Promise<readonly CheckEnd[]> {
  const ends = new Map<string, CheckEnd>();
  const onTestCaseResult = (testCase: TestCase): void => {
    const end = endOf(testCase);
    ends.set(end.id, end);
    run.onCheck(end);
  };
  const problems: string[] = [];
  const root = packageFolder("dist/suites", run.layer);
  const vitest = existsSync(root) ? await start(run, root, onTestCaseResult, problems) : null;
  await vitest?.close();
  run.signal.throwIfAborted();
  const missing = problems[0] ?? "its file gave no result";
  return checks
    .filter((check) => check.layer === run.layer)
    .map((check) => ends.get(check.id) ?? { id: check.id, state: "not-run", reason: missing, durationMs: 0 });
}

function start(
  run: LayerRun,
  root: string,
  onTestCaseResult: (testCase: TestCase) => void,
  problems: string[],
): Promise<Vitest> {
  const keepSignals = ownSignals();
  const note = (error: { readonly message: string }): void => void problems.push(error.message);
  return startVitest(
    "test",
    [],
    {
      watch: false,
      root,
      config: false,
      include: filesOf(run),
      pool: "forks",
      fileParallelism: false,
      retry: 0,
      testTimeout: checkTimeoutMs,
      hookTimeout: checkTimeoutMs,
      attachmentsDir: join(run.scratch, "attachments"),
      provide: { suiteRun: run.suiteRun },
      reporters: [
        {
          onInit: (vitest) => {
            keepSignals();
            cancelOnAbort(vitest, run.signal);
          },
          onTestCaseResult,
          onTestModuleEnd: (module) => module.errors().forEach(note),
          onTestRunEnd: (_modules, errors) => errors.forEach(note),
        },
      ],
    },
    { cacheDir: join(run.scratch, "vite"), logLevel: "silent" },
  );
}

/** A check's file carries the second part of its id. */
function filesOf({ layer, only }: LayerRun): string[] {
  if (only === null) return ["**/*.check.js"];
  const mine = only.filter((id) => id.startsWith(`${layer}.`));
  return mine.map((id) => `${id.slice(layer.length + 1)}.check.js`);
}

/** vitest ends the whole process on a signal, before the bundle is closed: its listeners are taken off again. */
function ownSignals(): () => void {
  const names = ["SIGINT", "SIGTERM"] as const;
  const own = new Set(names.flatMap((name) => process.listeners(name)));
  return () => {
    for (const name of names) {
      for (const listener of process.listeners(name)) if (!own.has(listener)) process.off(name, listener);
    }
  };
}

/** Asks the running check to stop; its process is ended when it does not. */
function cancelOnAbort(vitest: Vitest, signal: AbortSignal): void {
  const cancel = (): void => {
    void vitest.cancelCurrentRun("keyboard-input");
    // The second request is the forceful one.
    realClock.after(stopMs, () => void vitest.cancelCurrentRun("keyboard-input"));
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
}

function endOf(testCase: TestCase): CheckEnd {
  const id = testCase.name.split(":")[0] ?? testCase.name;
  const durationMs = Math.round(testCase.diagnostic()?.duration ?? 0);
  const result = testCase.result();
  switch (result.state) {
    case "passed":
      return { id, state: "passed", reason: "", durationMs };
    case "failed":
      return { id, state: "failed", reason: result.errors.map((error) => error.message).join("; "), durationMs };
    case "skipped":
      return { id, state: "not-run", reason: result.note ?? "skipped", durationMs };
    case "pending":
      return { id, state: "not-run", reason: "it did not end", durationMs };
  }
}
