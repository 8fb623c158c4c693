// The agent's side of sudo: runs a command as another user on the caller's own streams, reached through /proc. Everybody in
// a sandbox may ask, as `user` may on E2B; what it grants is root of the sandbox and nothing of the host.
import { spawn } from "node:child_process";
import { chmodSync, closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { constants as os } from "node:os";
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import { findUser, type User } from "../users.ts";
import { parseSudo, sudoSocket, type SudoCall } from "./options.ts";

const securePath = "/opt/e2b/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const kept = ["TERM", "LANG", "LC_ALL", "DISPLAY", "COLORTERM"] as const;
const maxLineBytes = 2 * 1_048_576;
const maxCalls = 200;

/** Nothing listens where there is no root of one's own to hand out (isolation none). */
export function serveSudo(agent: Agent): void {
  if (agent.config.rootPrefix !== "") return;
  const server = createServer((socket) => answer(agent, socket));
  server.maxConnections = maxCalls;
  server.on("error", () => undefined);
  server.listen(sudoSocket, () => chmodSync(sudoSocket, 0o666));
}

function answer(agent: Agent, socket: Socket): void {
  let text = "";
  let run: ((line: unknown) => void) | null = null;
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (text.length > maxLineBytes) return void socket.destroy();
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      const line = parse(text.slice(0, end));
      text = text.slice(end + 1);
      if (run === null) run = begin(agent, socket, line);
      else run(line);
    }
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Starts what the first line asks for; what it returns takes the later ones (signals). */
function begin(agent: Agent, socket: Socket, line: unknown): (line: unknown) => void {
  const say = (message: unknown): void => void socket.end(`${JSON.stringify(message)}\n`);
  const fds: number[] = [];
  try {
    const { pid, call } = asked(line);
    if (agent.config.ids === "single") throw new Error("this sandbox has one user id, there is no root to become");
    const user = target(agent, call.user);
    if (call.nothing) return (say({ code: 0 }), () => undefined);
    fds.push(...streams(pid));
    const [command = "", ...args] = commandOf(call);
    const environment = environmentOf(pid, call, user);
    const cwd = call.shell === "login" ? user.home : readlinkSync(`/proc/${pid}/cwd`);
    const child = spawn(command, args, {
      cwd,
      env: environment,
      stdio: fds,
      detached: true,
      uid: user.uid,
      gid: user.gid,
    });
    child.once("error", () => say({ problem: `${command}: command not found` }));
    child.once("exit", (code, signal) => say(signal === null ? { code } : { signal: os.signals[signal] }));
    // A caller that was killed takes its command along.
    socket.once("close", () => signalGroup(child.pid, "SIGKILL", child.exitCode !== null || child.signalCode !== null));
    return (later) => {
      if (isRecord(later) && isSignal(later.signal)) signalGroup(child.pid, later.signal, false);
    };
  } catch (thrown) {
    say({ problem: thrown instanceof Error ? thrown.message : String(thrown) });
    return () => undefined;
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

function asked(line: unknown): { readonly pid: number; readonly call: SudoCall } {
  if (!isRecord(line) || typeof line.pid !== "number" || !Array.isArray(line.args)) throw new Error("not understood");
  const call = parseSudo(line.args.map(String));
  if (typeof call === "string") throw new Error(call);
  return { pid: line.pid, call };
}

function target(agent: Agent, name: string): User {
  if (/^#\d+$/.test(name))
    return { name: name.slice(1), uid: Number(name.slice(1)), gid: Number(name.slice(1)), home: "/" };
  try {
    return findUser(agent, name);
  } catch {
    throw new Error(`unknown user ${name}`);
  }
}

/** The caller's stdin, stdout, stderr, opened once more: a file at the caller's place in it, output behind what is there. */
function streams(pid: number): number[] {
  const { O_RDONLY, O_WRONLY, O_APPEND } = constants;
  return [O_RDONLY, O_WRONLY, O_WRONLY].map((mode, fd) => {
    const path = `/proc/${pid}/fd/${fd}`;
    const link = readlinkSync(path);
    const isFile = link.startsWith("/") && !link.startsWith("/dev/");
    const opened = openSync(path, isFile && fd > 0 ? mode | O_APPEND : mode);
    if (fd === 0 && fstatSync(opened).isFile()) skip(opened, position(pid, fd));
    return opened;
  });
}

/** Node cannot seek: it reads up to the caller's place. */
function skip(fd: number, bytes: number): void {
  const buffer = Buffer.alloc(65_536);
  for (let left = bytes; left > 0;) {
    const read = readSync(fd, buffer, 0, Math.min(left, buffer.length), null);
    if (read === 0) return;
    left -= read;
  }
}

function position(pid: number, fd: number): number {
  return Number(/^pos:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"))?.[1] ?? 0);
}

function commandOf(call: SudoCall): readonly string[] {
  if (call.shell === "none") return call.command;
  const login = call.shell === "login" ? ["-l"] : [];
  if (call.command.length === 0) return ["/bin/bash", ...login];
  const quoted = call.command.map((word) =>
    word.replace(/[^A-Za-z0-9_\-$]/g, (char) => (char === "\n" ? "'\n'" : `\\${char}`)),
  );
  return ["/bin/bash", ...login, "-c", quoted.join(" ")];
}

/** As Debian's sudo does it: a fresh environment unless -E, the target's home and name, who asked in SUDO_*. */
function environmentOf(pid: number, call: SudoCall, user: User): NodeJS.ProcessEnv {
  const own = pairs(readFileSync(`/proc/${pid}/environ`, "utf8").split("\0"));
  const caller = readFileSync(`/proc/${pid}/status`, "utf8");
  const id = (name: string): string => new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(caller)?.[1] ?? "";
  const base = call.keepEnvironment
    ? own
    : Object.fromEntries(kept.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  return {
    ...base,
    PATH: securePath,
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: "/bin/bash",
    SUDO_COMMAND: call.command.join(" "),
    SUDO_USER: own.USER ?? "",
    SUDO_UID: id("Uid"),
    SUDO_GID: id("Gid"),
    ...pairs(call.variables),
  };
}

function pairs(lines: readonly string[]): Record<string, string> {
  const found = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf("=");
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  return Object.fromEntries(found);
}

function isSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === "string" && Object.hasOwn(os.signals, value);
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals, isOver: boolean): void {
  if (pid === undefined || isOver) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It ended meanwhile.
  }
}
