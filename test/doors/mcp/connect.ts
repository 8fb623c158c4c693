// An MCP server in this process on a pair of in-memory pipes, spoken to by raw lines or by the official client.
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { serveMcp } from "../../../src/doors/mcp/serve.ts";
import { recordingBackend, type RecordingBackend } from "../recording-backend.ts";

export interface Line {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Connection {
  readonly toServer: PassThrough;
  readonly fromServer: PassThrough;
  readonly backend: RecordingBackend;
  readonly stop: AbortController;
  /** Exit code, once the server has ended. */
  readonly ended: Promise<number>;
}

export function connect(backend = recordingBackend()): Connection {
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const stop = new AbortController();
  const ended = serveMcp({
    stdin: toServer,
    stdout: fromServer,
    log: silentLog,
    clock: realClock,
    random: systemRandom,
    folder: join(import.meta.dirname, "no-folder"),
    signal: stop.signal,
    openBackend: () => backend.open({}),
  });
  return { toServer, fromServer, backend, stop, ended };
}

/** Reads whole lines; every line the server ever wrote stays in `all`. */
export function rawLines(connection: Connection) {
  const all: Line[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  connection.fromServer.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString("utf8")).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) all.push(JSON.parse(part) as Line);
    for (const wake of waiting) wake();
  });
  return {
    all,
    send: (message: unknown) =>
      void connection.toServer.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`),
    /** The first line that fits, now or later. */
    async next(fits: (line: Line) => boolean): Promise<Line> {
      for (;;) {
        const found = all.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
  };
}

export const initialize = {
  jsonrpc: "2.0",
  id: "init",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

/** A promise and its resolver; Promise.withResolvers needs Node 22. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
