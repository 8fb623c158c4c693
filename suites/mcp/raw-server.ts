// The packaged MCP server as a host starts it: a child process, one JSON message per line. Nothing of an SDK is used, so
// that what is seen is what is on the wire.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { packageFolder } from "../../src/host/package-folder.ts";

const answerMs = 30_000;

export interface RawServer {
  /** Sends one line as it is. */
  line(text: string): void;
  /** Sends a request and resolves with the whole answer carrying its id. */
  request(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** The next message that `accept` likes, also among those that came before. */
  next(accept: (message: Readonly<Record<string, unknown>>) => boolean): Promise<Readonly<Record<string, unknown>>>;
  /** Does the handshake and returns its result. */
  initialize(version?: string): Promise<Readonly<Record<string, unknown>>>;
  /** Closes stdin and resolves with the exit code. */
  end(): Promise<number | null>;
  /** Lines of stdout that were no JSON objects. */
  readonly strays: readonly string[];
}

/** Starts the server for `folder`; `flags` choose target and isolation as on the command line. */
export function startRawServer(folder: string, env: Readonly<Record<string, string>>): RawServer {
  const program = join(packageFolder(), "dist/src/doors/mcp/main.js");
  const child = spawn(process.execPath, [program], {
    cwd: folder,
    env: { ...realEnv, ...env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const messages: Readonly<Record<string, unknown>>[] = [];
  const strays: string[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let pending = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) keep(line);
    for (const wake of waiting) wake();
  });
  const keep = (line: string): void => {
    const message = parseLine(line);
    if (message === null) strays.push(line);
    else messages.push(message);
  };
  let id = 0;
  const server: RawServer = {
    strays,
    line: (text) => void child.stdin.write(`${text}\n`),
    next: (accept) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const index = messages.findIndex((message) => accept(message));
          const [found] = index < 0 ? [] : messages.splice(index, 1);
          if (found === undefined) return;
          waiting.delete(look);
          cancel();
          resolve(found);
        };
        const cancel = realClock.after(answerMs, () => {
          waiting.delete(look);
          reject(new Error("the MCP server did not answer in time"));
        });
        waiting.add(look);
        look();
      }),
    request(method, params) {
      const own = (id += 1);
      server.line(JSON.stringify({ jsonrpc: "2.0", id: own, method, ...(params === undefined ? {} : { params }) }));
      return server.next((message) => message.id === own);
    },
    async initialize(version = "2025-06-18") {
      const clientInfo = { name: "suite", version: "1" };
      const answer = await server.request("initialize", { protocolVersion: version, capabilities: {}, clientInfo });
      server.line(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
      return isRecord(answer.result) ? answer.result : {};
    },
    end() {
      child.stdin.end();
      return ended;
    },
  };
  return server;
}

function parseLine(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
