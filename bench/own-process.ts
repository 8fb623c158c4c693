// Starts the process that measures our own code and waits for it. It hears of our end by the end of its stdin.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { packageFolder } from "../src/host/package-folder.ts";
import type { LaneHost, LaneRequest } from "./lane.ts";

const longestNote = 4_000;

/** Resolves when the process has closed its shard. Throws `cancelled` when the signal aborted, `internal` when it broke. */
export async function runOwnCode(request: LaneRequest, { context, progress, signal }: LaneHost): Promise<void> {
  const { shard, options, port, domain, claims, stopping, seed, everyNs } = request;
  const folder = context.folder;
  const originNs = String(context.originNs);
  const input = { shard, options, port, domain, claims, stopping, seed, everyNs, folder, originNs };
  const program = join(packageFolder("dist"), "bench/own-main.js");
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "ignore", "pipe"] });
  // One line, then nothing until we end.
  child.stdin.on("error", () => undefined).write(`${JSON.stringify(input)}\n`);
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-longestNote);
    for (const line of text.split("\n").filter((one) => one.startsWith("measuring "))) progress(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  if (code === 0) return;
  throw new SwarmError("internal", `The process that measures own code ended with code ${code}: ${said.trim()}`, {
    hint: "Run again; if it stays, report it",
  });
}
