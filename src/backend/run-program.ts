// Runs one of our own programs in a process of its own: progress lines on stderr, one JSON document on stdout. The child's
// stdin stays open while we live, so that it notices when we are killed.
import { spawn } from "node:child_process";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { OperationContext } from "../contracts/operation.ts";

const maxAnswerBytes = 64 * 1024 * 1024;

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
}

/** Resolves when the program ended. An aborted context sends SIGTERM and still waits for the end. */
export function runProgram(path: string, args: readonly string[], context: OperationContext): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let pending = "";
    const stop = (): void => void child.kill("SIGTERM");
    context.signal.addEventListener("abort", stop, { once: true });
    if (context.signal.aborted) stop();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.length > maxAnswerBytes) child.kill("SIGKILL");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const lines = (pending + text).split("\n");
      pending = (lines.pop() ?? "").slice(-10_000);
      for (const line of lines) if (line !== "") context.progress(line);
    });
    child.once("error", (cause) => reject(new SwarmError("internal", `Cannot start ${path}`, { cause })));
    child.once("close", (code, signal) => {
      context.signal.removeEventListener("abort", stop);
      if (pending !== "") context.progress(pending);
      resolve({ code, signal, stdout });
    });
  });
}
