// Anonymous pipes for stdin. A named pipe will not do here: opening /dev/stdin again after the writer closed blocks for
// ever on a named pipe, and gives end-of-file on an anonymous one. Node cannot make one, so a short-lived bash does, and
// both ends are opened through its /proc/<pid>/fd before it leaves.
import { spawn } from "node:child_process";
import { closeSync, constants, fchownSync, openSync } from "node:fs";

export interface StdinPipe {
  /** Writing end, non-blocking. */
  readonly ours: number;
  /** Reading end for the child, blocking. */
  readonly theirs: number;
}

export interface StdinPipes {
  /** Waits for a fresh pipe, given to `owner` so that its /dev/stdin can be opened again. */
  take(owner: { readonly uid: number; readonly gid: number } | null): Promise<StdinPipe>;
}

const descriptors = [10, 11, 12, 13] as const;
const script = `exec ${descriptors.map((fd) => `${fd}< <(:)`).join(" ")}; echo; read -r _`;

export function createStdinPipes(): StdinPipes {
  const stock: StdinPipe[] = [];
  let making: Promise<void> | null = null;
  const make = async (): Promise<void> => {
    making ??= makeBatch(stock).finally(() => (making = null));
    return making;
  };
  void make().catch(() => undefined);
  return {
    async take(owner) {
      while (stock.length === 0) await make();
      const pipe = stock.pop();
      if (pipe === undefined) throw new Error("no pipe could be made");
      if (stock.length === 0) void make().catch(() => undefined);
      if (owner !== null) fchownSync(pipe.theirs, owner.uid, owner.gid);
      return pipe;
    },
  };
}

async function makeBatch(stock: StdinPipe[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/bash", ["--norc", "-c", script], { stdio: ["pipe", "pipe", "ignore"], env: {} });
    child.once("error", reject);
    child.once("close", () => reject(new Error("bash ended before it made pipes")));
    child.stdin.on("error", () => undefined);
    child.stdout.once("data", () => {
      try {
        for (const fd of descriptors) stock.push(openBoth(`/proc/${child.pid}/fd/${fd}`));
        resolve();
      } catch (cause) {
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      }
      child.stdin.end();
    });
  });
}

function openBoth(path: string): StdinPipe {
  const theirs = openSync(path, constants.O_RDONLY);
  try {
    return { theirs, ours: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
  } catch (cause) {
    closeSync(theirs);
    throw cause;
  }
}
