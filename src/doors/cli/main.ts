// The process behind `e2b-swarm`: real streams, signals and clock around runCli. Backend, E2B SDK and MCP load only when a
// command calls them. The first signal aborts the call and waits for its cleanup; the second ends the process at once.
import { realClock } from "../../host/clock.ts";
import { realEnv } from "../../host/env.ts";
import { systemRandom } from "../../host/random.ts";
import { runCli } from "./run-cli.ts";
import type { CliWorld } from "./world.ts";

const stop = new AbortController();

function onSignal(name: "SIGINT" | "SIGTERM"): void {
  if (stop.signal.aborted) process.exit(name === "SIGTERM" ? 143 : 130);
  stop.abort(name);
}
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
// A reader that went away (`| head -1`) is no failure of ours; on stderr there is nobody left to tell.
process.stdout.on("error", () => process.exit(0));
process.stderr.on("error", () => undefined);

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
}

const world: CliWorld = {
  env: realEnv,
  clock: realClock,
  random: systemRandom,
  stdout: { write: (text) => void process.stdout.write(text), isTTY: process.stdout.isTTY },
  stderr: { write: (text) => void process.stderr.write(text), isTTY: process.stderr.isTTY },
  ask: process.stdin.isTTY && process.stderr.isTTY && (realEnv.CI ?? "") === "" ? ask : null,
  signal: stop.signal,
  openBackend: async (options) => (await import("../../backend/compose.ts")).openBackend(options),
  localCommand: async (action, options) => (await import("../../backend/local.ts")).localCommand(action, options),
  serveMcp: async (options) => (await import("../mcp/serve.ts")).serveProcess(options, stop.signal),
};

const exitCode = await runCli(process.argv.slice(2), world);
// An empty write ends after everything before it was handed to the reader; open sockets of libraries must not keep us.
process.stdout.write("", () => process.exit(exitCode));
