// Starts one local server as a process of its own and gives the environment that points the SDK at it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noInternet } from "./test-internet.mjs";

const startMs = 180_000;
const stopMs = 60_000;

export async function startServer({ project, mode, isolation, internet = noInternet }) {
  const home = mkdtempSync(join(tmpdir(), "e2b-suite-home-"));
  const settings = JSON.stringify({ project, mode, isolation, home });
  const [command, args] = internet.wrap(process.execPath, [join(import.meta.dirname, "serve.mjs"), settings], "/");
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    cwd: "/",
  });
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await ended;
    clearTimeout(timer);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    return { ...(await firstLine(child, ended)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine(child, ended) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error("the local server did not start in time")), startMs);
    void ended.then(() => reject(new Error("the local server ended before it was ready")));
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end === -1) return;
      clearTimeout(timer);
      resolve(JSON.parse(text.slice(0, end)));
    });
  });
}
