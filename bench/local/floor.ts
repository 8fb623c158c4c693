// The two things no sandbox server can beat on this machine: starting `bwrap … true` from Node, and one HTTP exchange with
// a bare Node server in another process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface BareServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Resolves when the process has ended. Rejects when bwrap does not work here. */
export async function rawSpawn(): Promise<void> {
  const child = spawn("bwrap", ["--ro-bind", "/", "/", "true"], { stdio: "ignore", cwd: "/" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`bwrap ended with exit code ${String(code)}`);
}

/** What a cell needs beyond that: every namespace, /proc and /dev of its own. */
export async function fullSpawn(): Promise<void> {
  const options = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];
  const child = spawn("bwrap", [...options, "true"], { stdio: "ignore", cwd: "/" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`bwrap ended with exit code ${String(code)}`);
}

export async function openBareServer(): Promise<BareServer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "bare-server.js")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [chunk] = await once(child.stdout, "data");
  return {
    url: `http://127.0.0.1:${String(chunk).trim()}`,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
