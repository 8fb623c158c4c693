// What a Start request asks for, checked: the command, its variables, where it runs.
import { isRecord } from "../../../contracts/json.ts";
import { rpcError } from "../rpc-error.ts";
import { parseSize, type TerminalSize } from "./terminal.ts";

/** As List repeats it: the user's command, not what was put around it. */
export interface ProcessConfig {
  readonly cmd: string;
  readonly args: readonly string[];
  readonly envs: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface StartRequest {
  readonly config: ProcessConfig;
  /** Absent means yes, for clients older than the field. */
  readonly stdin: boolean;
  readonly tag: string | undefined;
  /** Null: pipes instead of a terminal. */
  readonly terminal: TerminalSize | null;
}

export function parseStart(message: Readonly<Record<string, unknown>>): StartRequest {
  return {
    config: parseConfig(message.process),
    stdin: message.stdin !== false,
    tag: typeof message.tag === "string" ? message.tag : undefined,
    terminal: parsePty(message.pty),
  };
}

/** Null when the message names no terminal. A missing size is 0 by 0, as in a terminal nobody has sized. */
export function parsePty(pty: unknown): TerminalSize | null {
  if (pty === undefined || pty === null) return null;
  const size = isRecord(pty) && isRecord(pty.size) ? pty.size : {};
  return parseSize(size.cols, size.rows);
}

function parseConfig(value: unknown): ProcessConfig {
  if (!isRecord(value) || typeof value.cmd !== "string" || value.cmd === "") {
    throw rpcError("invalid_argument", "process.cmd is missing");
  }
  const args = Array.isArray(value.args) ? value.args.filter((item): item is string => typeof item === "string") : [];
  const envs: Record<string, string> = {};
  for (const [name, item] of Object.entries(isRecord(value.envs) ? value.envs : {})) {
    if (typeof item !== "string" || name === "" || name.includes("=") || `${name}${item}`.includes("\0")) {
      throw rpcError("invalid_argument", `environment variable '${name.replaceAll("\0", "")}' is not usable`);
    }
    envs[name] = item;
  }
  if ([value.cmd, ...args].some((text) => text.includes("\0")))
    throw rpcError("invalid_argument", "argument holds a NUL byte");
  return {
    cmd: value.cmd,
    args,
    envs,
    ...(typeof value.cwd === "string" && value.cwd !== "" ? { cwd: value.cwd } : {}),
  };
}
