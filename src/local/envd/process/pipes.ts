// Real pipes for a command's streams (stdin: see stdin-pipes.ts). Node's own are socket pairs, and `echo x > /dev/stderr`
// fails on a socket. Named pipes are made in batches, opened at both ends, and unlinked at once: each serves one command.
// Their mode is open because a command of another uid may open its own /dev/stderr again; their folder is not.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { createStdinPipes, type StdinPipe } from "./stdin-pipes.ts";

export interface Pipes {
  /** The child's ends, for spawn. */
  readonly stdio: readonly [number | "ignore", number, number];
  readonly stdin: Socket | null;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** Gives up our copies of the child's ends; without it no end of file is ever seen. */
  release(): void;
}

export interface PipeStore {
  /** `stdin`: null for none, else who may open it again. */
  open(stdin: StdinOwner | null): Promise<Pipes>;
}

export interface StdinOwner {
  /** Null where the sandbox has a single id. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

const batch = 48;
const refillBelow = 12;
const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

interface Ends {
  readonly ours: number;
  readonly theirs: number;
}

export function createPipeStore(folder: string): PipeStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stock: string[] = [];
  let made = 0;
  let refilling = false;
  const fresh = (): string[] => Array.from({ length: batch }, () => join(folder, String(made++)));
  const refill = (): void => {
    if (refilling) return;
    refilling = true;
    const paths = fresh();
    const child = spawn("mkfifo", ["-m", "666", ...paths], { stdio: "ignore" });
    child.once("error", () => (refilling = false));
    child.once("exit", (code) => {
      refilling = false;
      if (code === 0) stock.push(...paths);
    });
  };
  const take = (): string => {
    if (stock.length === 0) {
      const paths = fresh();
      const result = spawnSync("mkfifo", ["-m", "666", ...paths]);
      if (result.status !== 0) throw new Error(`mkfifo failed: ${String(result.stderr).trim()}`);
      stock.push(...paths);
    }
    if (stock.length < refillBelow) refill();
    return stock.pop() ?? "";
  };
  refill();
  const stdinPipes = createStdinPipes();
  return {
    async open(stdin) {
      const input = stdin === null ? null : await stdinPipes.take(stdin.ids);
      return openPipes(take, input);
    },
  };
}

function openPipes(take: () => string, input: StdinPipe | null): Pipes {
  const out = readEnd(take());
  const err = readEnd(take());
  return {
    stdio: [input?.theirs ?? "ignore", out.theirs, err.theirs],
    stdin: input === null ? null : new Socket({ fd: input.ours, readable: false, writable: true }),
    stdout: new Socket({ fd: out.ours, readable: true, writable: false }),
    stderr: new Socket({ fd: err.ours, readable: true, writable: false }),
    release() {
      for (const ends of [out, err, input]) if (ends !== null) closeSync(ends.theirs);
    },
  };
}

function readEnd(path: string): Ends {
  const ours = openSync(path, O_RDONLY | O_NONBLOCK);
  const theirs = openSync(path, O_WRONLY);
  unlinkSync(path);
  return { ours, theirs };
}
