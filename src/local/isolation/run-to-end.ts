// Runs a short host command without a shell and collects its exit code and stderr (bounded).
import { spawn } from "node:child_process";

export interface Ended {
  /** Null when a signal ended it or it could not be started. */
  readonly code: number | null;
  readonly stderr: string;
}

const keptBytes = 2000;

export async function runToEnd(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    let stderr = "";
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < keptBytes) stderr += chunk.toString("utf8");
    });
    child.once("error", (cause) => resolve({ code: null, stderr: cause.message }));
    child.once("close", (code) => resolve({ code, stderr: stderr.trim() }));
  });
}
