// The process a host starts. It owns the host's pipe and outlives the worker behind it: after a crash the next worker is
// introduced to the host's session without the host noticing, and nothing that may have taken effect is done twice.
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../../host/clock.ts";
import type { Log } from "../../../host/log.ts";
import { stopExitCode } from "../../stop-signal.ts";
import { lineJudge } from "../line-filter.ts";
import { keepRunning } from "./keep-running.ts";
import { openRelay } from "./relay.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface StdioFrontWorld {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  start(): WorkerProcess;
}

/** Resolves with the exit code: 0 when stdin ended, 130 or 143 after a signal, 1 when no worker stays alive. */
export async function serveStdioFront(world: StdioFrontWorld): Promise<number> {
  const { stdin, stdout, clock, log, signal } = world;
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => (finish = resolve));
  let current: WorkerProcess | null = null;
  // Whoever reads slowly slows the other side down; nothing piles up here.
  const toHost = (line: string): void => {
    if (!stdout.write(`${line}\n`)) current?.stdout.pause();
  };
  stdout.on("drain", () => current?.stdout.resume());
  const relay = openRelay((message) => toHost(JSON.stringify(message)));
  const judge = lineJudge();
  const take = (bytes: Uint8Array): void => {
    for (const { verdict } of judge(bytes)) {
      if (verdict.kind === "answer") toHost(verdict.reply);
      if (verdict.kind === "forward") relay.fromHost(verdict.message);
    }
  };
  const end = keepRunning({
    clock,
    log,
    start: () => world.start(),
    up: (worker) => {
      current = worker;
      worker.stdin.on("drain", () => stdin.resume());
      relay.up((message) => {
        if (!worker.stdin.write(`${JSON.stringify(message)}\n`)) stdin.pause();
      });
      const read = lineJudge(mostAnswerBytes);
      worker.stdout.on("data", (bytes: Buffer) => {
        for (const { verdict } of read(bytes)) if (verdict.kind === "forward") relay.fromWorker(verdict.message);
      });
    },
    down: () => {
      current = null;
      stdin.resume();
      relay.down();
    },
    failed: () => {
      relay.fail();
      finish(1);
    },
  });
  stdin.on("data", take);
  for (const event of ["end", "close", "error"]) stdin.once(event, () => finish(0));
  stdout.once("error", () => finish(0));
  const stop = (): void => finish(stopExitCode(signal));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const code = await finished;
  // The last line counts even when its sender went away before ending it.
  take(Buffer.from("\n"));
  await end();
  return code;
}

/** An answer may be larger than a request: reports are. */
const mostAnswerBytes = 80 * 1024 * 1024;
