// Runs one command inside a cell through its agent and hands on what it prints, line by line. The agent may be hostile by
// then: frames, lines and time are bounded, and whatever cannot be read counts as a failed command.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { isRecord } from "../../contracts/json.ts";
import { limits } from "../limits.ts";
import type { Cell } from "../isolation/backend.ts";
import type { StepContext } from "./model.ts";
import { readEnvelopes } from "./envelopes.ts";

export interface CellCommand {
  readonly command: string;
  /** Positional parameters of the command, as they are: nothing in them is code. */
  readonly args?: readonly string[];
  readonly context: StepContext;
  readonly timeoutMs: number;
  readonly token?: string | null;
  readonly onLine?: (stream: "stdout" | "stderr", line: string) => void;
  /** Called once the process runs. */
  readonly onStart?: () => void;
  /** Stops listening; the process goes on. */
  readonly signal?: AbortSignal;
}

export type CommandEnd =
  | { readonly kind: "exited"; readonly exitCode: number; readonly status: string }
  /** It did not start, its sandbox ended, or it ran into its time limit. */
  | { readonly kind: "failed"; readonly status: string }
  | { readonly kind: "left" };

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export async function runInCell(cell: Pick<Cell, "socketPath">, asked: CellCommand): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      socketPath: cell.socketPath,
      method: "POST",
      path: "/process.Process/Start",
      agent: false,
      maxHeaderSize: limits.headerBytes,
      headers: {
        "content-type": "application/connect+json",
        authorization: `Basic ${Buffer.from(`${asked.context.user}:`).toString("base64")}`,
        "connect-timeout-ms": String(asked.timeoutMs),
        ...(typeof asked.token === "string" ? { "x-access-token": asked.token } : {}),
      },
    });
    let settled = false;
    const settle = (end: CommandEnd): void => {
      if (settled) return;
      settled = true;
      asked.signal?.removeEventListener("abort", leave);
      resolve(end);
      outgoing.destroy();
    };
    const leave = (): void => settle({ kind: "left" });
    if (asked.signal?.aborted === true) return leave();
    asked.signal?.addEventListener("abort", leave, { once: true });
    outgoing.on("error", (cause) => settle({ kind: "failed", status: `the sandbox ended (${cause.message})` }));
    outgoing.on("response", (response) => listen(response, asked, settle));
    outgoing.end(envelope(startMessage(asked)));
  });
}

function listen(response: IncomingMessage, asked: CellCommand, settle: (end: CommandEnd) => void): void {
  const lines = { stdout: lineSplitter(), stderr: lineSplitter() };
  const say = (stream: "stdout" | "stderr", texts: readonly string[]): void => {
    for (const text of texts) asked.onLine?.(stream, text);
  };
  const flush = (): void => {
    for (const stream of ["stdout", "stderr"] as const) say(stream, lines[stream].end());
  };
  const read = readEnvelopes((message) => {
    const event = isRecord(message.event) ? message.event : null;
    if (event === null) {
      if (isRecord(message.error)) settle({ kind: "failed", status: problemText(message.error) });
      return;
    }
    if (isRecord(event.start)) asked.onStart?.();
    if (isRecord(event.data)) {
      for (const stream of ["stdout", "stderr"] as const) {
        const data = event.data[stream];
        if (typeof data === "string") say(stream, lines[stream].push(Buffer.from(data, "base64")));
      }
    }
    if (!isRecord(event.end)) return;
    flush();
    settle(endOf(event.end));
  });
  response.on("data", (chunk: Buffer) => {
    if (!read(chunk)) settle({ kind: "failed", status: "the sandbox's agent answered in no known form" });
  });
  response.on("error", () => settle({ kind: "failed", status: "the sandbox ended" }));
  response.on("close", () => settle({ kind: "failed", status: `the sandbox ended (${response.statusCode})` }));
}

function startMessage(asked: CellCommand): unknown {
  const { env, workdir } = asked.context;
  // A PATH of the user's own must not lose the system's programs.
  const envs = env.PATH === undefined ? env : { ...env, PATH: `${env.PATH}:${systemPath}` };
  const args = ["-l", "-c", asked.command, ...(asked.args === undefined ? [] : ["build", ...asked.args])];
  return {
    process: { cmd: "/bin/bash", args, envs, ...(workdir === null ? {} : { cwd: workdir }) },
    stdin: false,
  };
}

function endOf(end: Readonly<Record<string, unknown>>): CommandEnd {
  const status = typeof end.status === "string" ? end.status.slice(0, limits.buildLogLine) : "";
  // proto3 JSON leaves out a zero.
  const exitCode = typeof end.exitCode === "number" ? end.exitCode : 0;
  return { kind: "exited", exitCode, status: status === "" ? `exit status ${exitCode}` : status };
}

function problemText(error: Readonly<Record<string, unknown>>): string {
  const { code, message } = error;
  if (code === "deadline_exceeded") return "it ran longer than a step may";
  return typeof message === "string" ? message.slice(0, limits.buildLogLine) : String(code);
}

function envelope(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(5);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

interface LineSplitter {
  push(bytes: Buffer): string[];
  end(): string[];
}

/** Whole lines only; one longer than a log line is cut into pieces, so that no output without a line break is held. */
function lineSplitter(): LineSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string): string[] => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > limits.buildLogLine) {
      parts.push(rest);
      rest = "";
    }
    return parts.map((line) => line.trimEnd()).filter((line) => line !== "");
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(`${decoder.decode()}\n`),
  };
}
