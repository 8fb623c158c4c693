// What create is told about the end of a sandbox's life: kill or pause on the deadline, and whether requests wake it.
import { isRecord } from "../../contracts/json.ts";
import { problem, type Answer } from "../answer.ts";
import type { LocalSandbox, OnTimeout } from "../sandbox-table.ts";

export type Lifecycle = Pick<LocalSandbox, "onTimeout" | "autoResumeSeconds">;

/** Least life of a sandbox that a request woke. */
const leastAutoResumeSeconds = 300;

export function parseLifecycle(body: Readonly<Record<string, unknown>>, seconds: number): Lifecycle | Answer {
  const pauses = body.autoPause === true;
  const memory = body.autoPauseMemory !== false;
  const wakes = isRecord(body.autoResume) && body.autoResume.enabled === true;
  if (!memory && !pauses) return problem(400, "autoPauseMemory=false only applies when autoPause is true.");
  if (!memory && wakes) {
    const sentence =
      "autoPauseMemory=false (filesystem-only auto-pause) cannot be combined with autoResume: a filesystem-only snapshot cannot be auto-resumed by traffic and must be resumed explicitly.";
    return problem(400, sentence);
  }
  const onTimeout: OnTimeout = pauses ? { action: "pause", memory } : { action: "kill" };
  return { onTimeout, autoResumeSeconds: wakes ? Math.max(seconds, leastAutoResumeSeconds) : null };
}

export function lifecycleJson(sandbox: LocalSandbox): Record<string, unknown> {
  return { onTimeout: sandbox.onTimeout.action, autoResume: sandbox.autoResumeSeconds !== null };
}
