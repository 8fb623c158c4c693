// A pseudo terminal without a native module. The agent opens the multiplexer itself and so owns the master; a few lines
// of perl in the child's place unlock it, make the other end the controlling terminal and become the command. The pid is
// the command's own. The status channel closes at exec: from that instant size, owner and terminal are as asked, so
// nothing the client does after the start event can come too early.
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, closeSync, constants, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { Socket } from "node:net";
import { ReadStream } from "node:tty";
import { rpcError } from "../rpc-error.ts";
import { actingAs, type Credentials } from "../users.ts";
import type { Channels } from "./managed-process.ts";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface TerminalCommand {
  readonly cmd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Real path. */
  readonly cwd: string;
  readonly user: Credentials;
  readonly size: TerminalSize;
}

const perl = "/usr/bin/perl";
const multiplexer = "/dev/ptmx";
const stty = "/usr/bin/stty";
/** More than any terminal has; the kernel keeps sixteen bits. */
const maxSide = 65_535;
/** The kernel hands out at most a page at a time. */
const readBytes = 4096;

/** Requests of <asm-generic/ioctls.h>: x86-64, arm64 and riscv64 share them. */
const becomeCommand = `
sub bad { syswrite(S, "$_[0]: $!"); exit 126 }
open(M, "+<&=", 3); open(S, "+<&=", 4);
while (sysread(S, $chunk, 65536)) { $all .= $chunk }
($path, $rows, $cols, $count, @v) = split /\\0/, $all, -1; pop @v;
ioctl(M, 0x40045431, $z = pack("i", 0)) or bad("unlock");
sysopen(T, $path, 2) or bad("open");
ioctl(T, 0x5414, $z = pack("S4", $rows, $cols, 0, 0)) or bad("size");
open(STDIN, "<&", T) and open(STDOUT, ">&", T) and open(STDERR, ">&", T) or bad("dup");
%ENV = map { split /=/, $_, 2 } splice(@v, 0, $count);
exec { $v[0] } @v;
bad("exec");
`;
const tellIndex = `open(M, "+<&=", 3); ioctl(M, 0x80045430, $z = pack("I", 0)) and print unpack("I", $z)`;

export function parseSize(cols: unknown, rows: unknown): TerminalSize {
  return { cols: side(cols), rows: side(rows) };
}

function side(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) ? Math.min(Math.max(value, 0), maxSide) : 0;
}

export async function startInTerminal(
  command: TerminalCommand,
): Promise<{ readonly child: ChildProcess; readonly channels: Channels }> {
  if (!existsSync(perl)) throw rpcError("unimplemented", `PTYs need ${perl}, which this sandbox does not have`);
  const master = openSync(multiplexer, constants.O_RDWR | constants.O_NOCTTY);
  try {
    const path = `/dev/pts/${await indexOf(master)}`;
    const { ids } = command.user;
    if (ids !== null) chownSync(path, ids.uid, ids.gid);
    const child = await spawnBehind(master, path, command);
    const stream = new ReadStream(master);
    return {
      child,
      channels: {
        input: { kind: "pty", stream },
        outputs: [{ name: "pty", stream, rest: () => drain(master) }],
        terminal: path,
      },
    };
  } catch (cause) {
    closeSync(master);
    throw cause;
  }
}

/** libuv calls a hung up terminal ended after its first short read, whatever the kernel still holds. */
function* drain(master: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(readBytes);
    let size = 0;
    try {
      size = readSync(master, chunk);
    } catch {
      // EIO: hung up and empty.
    }
    if (size === 0) return;
    yield chunk.subarray(0, size);
  }
}

export async function resizeTerminal(path: string, size: TerminalSize): Promise<void> {
  const args = ["-F", path, "rows", String(size.rows), "cols", String(size.cols)];
  const child = spawn(stty, args, { stdio: "ignore", env: {} });
  const code = await ended(child);
  if (code !== 0) throw rpcError("internal", `error resizing tty: stty ended with ${code}`);
}

/** The kernel says it beside the descriptor; where it does not (gVisor), the same request that ptsname makes. */
async function indexOf(master: number): Promise<number> {
  const match = /^tty-index:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${master}`, "utf8"));
  if (match !== null) return Number(match[1]);
  const child = spawn(perl, ["-e", tellIndex], { stdio: ["ignore", "pipe", "ignore", master], env: {} });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  const code = await ended(child);
  if (code !== 0 || !/^\d+$/.test(said)) throw rpcError("internal", "error starting pty: it has no number");
  return Number(said);
}

async function spawnBehind(master: number, path: string, command: TerminalCommand): Promise<ChildProcess> {
  const { cmd, args, env, size } = command;
  const own = actingAs(command.user, perl, ["-e", becomeCommand]);
  const child = spawn(own.cmd, own.args, {
    stdio: ["ignore", "ignore", "ignore", master, "pipe"],
    env: {},
    cwd: command.cwd,
    detached: true,
    ...own.ids,
  });
  child.on("error", () => undefined);
  const status = child.stdio[4];
  if (child.pid === undefined || !(status instanceof Socket)) throw rpcError("internal", "error starting pty");
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const fields = [path, size.rows, size.cols, variables.length, ...variables, cmd, ...args, ""];
  const said = await exchange(status, fields.join("\0"));
  if (said !== "") throw rpcError("invalid_argument", `error starting pty with command '${cmd}': ${said}`);
  return child;
}

/** Resolves with what came back before the other end closed: nothing when the command runs. */
async function exchange(status: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    status.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    status.on("error", () => undefined);
    status.once("close", () => resolve(said));
    status.end(text);
  });
}

async function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (code) => resolve(code));
  });
}
