// The process that does the work, as the front sees it: two pipes and an end. It leads its own process group, so that Ctrl-C
// reaches only the front, which then ends it in order; when the front itself dies, the closed pipe ends it.
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { BackendOptions } from "../../../backend/backend.ts";
import type { Clock } from "../../../host/clock.ts";

/** What a worker is started for; its only argument, as JSON. */
export type WorkerRequest =
  | { readonly mode: "stdio"; readonly options: BackendOptions }
  | { readonly mode: "http"; readonly options: BackendOptions; readonly socket: string };

export interface WorkerProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves with a sentence about how it ended. */
  readonly gone: Promise<string>;
  /** Closes its stdin and waits; after a limit it is killed. */
  end(): Promise<void>;
}

/** A little more than what running calls get for their cleanup. */
const endWithinMs = 2_500;

/** Starts `program`, by default the worker beside this file. */
export function startWorker(request: WorkerRequest, clock: Clock, program = workerProgram()): WorkerProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(request)], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  // A pipe to a process that just died is no news; `gone` tells.
  child.stdin.on("error", () => undefined);
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    gone,
    async end() {
      child.stdin.end();
      // Output that nobody took any more must not keep the end from being seen.
      child.stdout.resume();
      const cancel = clock.after(endWithinMs, () => child.kill("SIGKILL"));
      await gone;
      cancel();
    },
  };
}

function workerProgram(): string {
  return fileURLToPath(new URL("../worker.js", import.meta.url));
}
