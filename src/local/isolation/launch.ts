// Starts one agent process and waits for its ready line. The configuration goes in through stdin: secrets stay out of
// argv and environment. Shared by every isolation.
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import { listenTo, type AgentVoice } from "./agent-voice.ts";

/** What the host tells a starting agent. Paths are as the agent sees them. */
export interface AgentConfig {
  readonly socketPath: string;
  readonly secret: string;
  readonly ids: "multi" | "single";
  /** Folder that stands for `/`: "" inside a real root, a host folder with isolation `none`. */
  readonly rootPrefix: string;
  readonly path: string;
}

const keptStderrBytes = 8192;
export const readyLine = "ready\n";

export function pipeOut(child: ChildProcess, fd: number): Readable {
  const stream = child.stdio[fd];
  if (stream === null || stream === undefined || !("read" in stream)) throw new Error(`fd ${fd} is not readable`);
  return stream;
}

export function pipeIn(child: ChildProcess, fd: number): Writable {
  const stream = child.stdio[fd];
  if (stream === null || stream === undefined || !("write" in stream)) throw new Error(`fd ${fd} is not writable`);
  stream.on("error", () => undefined);
  return stream;
}

/** Resolves when the agent listens, with what it will report; rejects with what it said on stderr when it ends or stays silent instead. */
export async function waitUntilReady(child: ChildProcess, config: AgentConfig, clock: Clock): Promise<AgentVoice> {
  pipeIn(child, 0).end(`${JSON.stringify(config)}\n`);
  let said = "";
  let heard = "";
  const errors = pipeOut(child, 2);
  const out = pipeOut(child, 1);
  errors.on("data", (chunk: Buffer) => {
    if (said.length < keptStderrBytes) said += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      stop();
      reject(startFailure(reason, said));
    };
    const stop = clock.after(limits.startMs, () => fail(`not ready after ${limits.startMs} ms`));
    child.once("error", (cause) => fail(cause.message));
    child.once("close", (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`));
    out.on("data", (chunk: Buffer) => {
      if (heard.length >= readyLine.length) return;
      heard += chunk.toString("latin1");
      if (!heard.startsWith(readyLine)) return;
      stop();
      resolve(listenTo(out, clock));
    });
  });
}

function startFailure(reason: string, said: string): SwarmError {
  const detail = said.trim().split("\n").at(-1) ?? "";
  const full = /no space left/i.test(said);
  return new SwarmError(
    full ? "local.disk-full" : "sandbox.create-failed",
    `Cannot start a sandbox: ${reason}${detail === "" ? "" : ` (${detail.slice(0, 300)})`}`,
    { hint: full ? "Free space in the temporary folder" : "Try again; the server's log names the cause" },
  );
}
