// What every kind of build step works with: the cell it runs in, a way to run a command there and to fill in variables.
import type { Cell } from "../isolation/backend.ts";
import type { LogLevel } from "./build-log.ts";
import type { FileCache } from "./file-cache.ts";
import type { StepContext } from "./model.ts";
import { runInCell, type CellCommand } from "./run-in-cell.ts";

export type StepOutcome =
  | { readonly kind: "done"; readonly context: StepContext }
  | { readonly kind: "failed"; readonly message: string };

export interface StepRun {
  readonly cell: Cell;
  /** With a single id nobody can act as root; the tree belongs to `user` then. */
  readonly ids: "multi" | "single";
  readonly context: StepContext;
  readonly files: FileCache;
  /** What is left of the build's time. */
  readonly timeLeftMs: () => number;
  readonly log: (level: LogLevel, message: string) => void;
}

/** `$NAME` is filled in by the shell, with the variables set so far; command substitution is not. */
export async function expand(run: StepRun, context: StepContext, text: string): Promise<string | null> {
  if (!text.includes("$")) return text;
  const escaped = text.replaceAll(/[\\"`]/g, "\\$&").replaceAll("$(", "\\$(");
  let encoded = "";
  const problem = await asHelper(run, {
    command: `printf '%s' "${escaped}" | base64 -w 0`,
    context: { ...context, user: helperUser(run), workdir: null },
    onLine: (stream, line) => {
      if (stream === "stdout") encoded += line;
    },
  });
  return problem === null ? Buffer.from(encoded, "base64").toString("utf8") : null;
}

/** Runs a script of ours with the rights a build step has for itself. Null when it went well. */
export async function asHelper(
  run: StepRun,
  asked: Omit<CellCommand, "context" | "timeoutMs"> & { readonly context?: StepContext },
): Promise<string | null> {
  const context = asked.context ?? { ...run.context, user: helperUser(run), workdir: "/" };
  return inside(run, { ...asked, context });
}

function helperUser(run: StepRun): string {
  return run.ids === "multi" ? "root" : "user";
}

export async function inside(run: StepRun, asked: Omit<CellCommand, "timeoutMs">): Promise<string | null> {
  const timeoutMs = run.timeLeftMs();
  if (timeoutMs <= 0) return "the build's time is over";
  const onLine = (stream: "stdout" | "stderr", line: string): void => {
    asked.onLine?.(stream, line);
    if (asked.onLine === undefined || stream === "stderr") run.log("info", `[${stream}]: ${line}`);
  };
  const end = await runInCell(run.cell, { ...asked, timeoutMs, onLine });
  if (end.kind === "exited") return end.exitCode === 0 ? null : end.status;
  return end.kind === "failed" ? end.status : "it was left";
}

export function done(context: StepContext): StepOutcome {
  return { kind: "done", context };
}

export function failed(message: string): StepOutcome {
  return { kind: "failed", message };
}
