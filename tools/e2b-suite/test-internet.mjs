// A test internet of our own: a network and a mount namespace with no way out, in which the few hosts that the suite's
// cases talk to exist. Server, sandboxes and suite run inside; nothing in there can reach a real address.
//
// The holder process (internet-holder.mjs) owns the namespaces; they vanish with it and with what runs in them.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const startMs = 180_000;

/** What is missing for it, as a sentence, or null. */
export function missingForInternet() {
  if (process.getuid() !== 0) return "only root can make it";
  const programs = [
    ["unshare", "--version"],
    ["nsenter", "--version"],
    ["ip", "-V"],
    ["mount", "--version"],
  ];
  const missing = programs.filter(([name, ask]) => !runs(name, [ask])).map(([name]) => name);
  if (missing.length > 0) return `install ${missing.join(", ")}`;
  return runs("unshare", ["--net", "--mount", "true"]) ? null : "unshare --net --mount is not permitted here";
}

function runs(program, args) {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Gives `wrap`, which turns a command into the same command inside, and `close`. */
export async function openInternet() {
  const folder = mkdtempSync(join(tmpdir(), "e2b-suite-net-"));
  const holder = join(import.meta.dirname, "internet-holder.mjs");
  const space = ["--net", "--mount", "--propagation", "private"];
  const child = spawn("unshare", [...space, process.execPath, holder, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    cwd: "/",
  });
  const ended = new Promise((done) => child.once("exit", done));
  const close = async () => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the test internet did not start in time")), startMs);
    const stop = () => clearTimeout(timer);
    child.stdout.once("data", () => resolve(stop()));
    void ended.then(() => reject(new Error("the test internet ended before it was ready"), stop()));
  });
  try {
    await ready;
  } catch (error) {
    child.kill("SIGKILL");
    await close();
    throw error;
  }
  const enter = ["--target", String(child.pid), "--net", "--mount"];
  const wrap = (command, args, cwd) => ["nsenter", [...enter, `--wdns=${cwd}`, command, ...args]];
  return { wrap, close };
}

/** Stands for it where there is none. */
export const noInternet = { wrap: (command, args) => [command, args], close: async () => undefined };
