// Real streams, signals and clock around runCli. The first signal aborts the call and waits for its cleanup; the second ends
// the process at once.
import { realClock } from "../../host/clock.ts";
import { realEnv } from "../../host/env.ts";
import { systemRandom } from "../../host/random.ts";
import { stopOnSignals } from "../stop-signal.ts";
import { runCli } from "./run-cli.ts";
import type { CliWorld } from "./world.ts";

/** What a process of the command line can be given instead of the real thing. */
export type ProcessParts = Pick<CliWorld, "configure" | "openBackend" | "localCommand" | "verifyAudit">;
type ServeMcp = (...asked: [...Parameters<CliWorld["serveMcp"]>, AbortSignal]) => Promise<number>;
type Serve = (...asked: [...Parameters<CliWorld["serve"]>, AbortSignal]) => Promise<number>;

/** Runs this process's own words and ends the process with their exit code. */
export async function runProcess(parts: ProcessParts & { serveMcp: ServeMcp; serve: Serve }): Promise<void> {
  const signal = stopOnSignals();
  // A reader that went away (`| head -1`) is no failure of ours; on stderr there is nobody left to tell.
  process.stdout.on("error", () => process.exit(0));
  process.stderr.on("error", () => undefined);
  const exitCode = await runCli(process.argv.slice(2), {
    ...parts,
    serveMcp: (options, http) => parts.serveMcp(options, http, signal),
    serve: (options, address) => parts.serve(options, address, signal),
    env: realEnv,
    clock: realClock,
    random: systemRandom,
    stdout: {
      write: (text) => void process.stdout.write(text),
      isTTY: process.stdout.isTTY,
      size: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
      atExit(text) {
        const write = (): void => void process.stdout.write(text);
        process.once("exit", write);
        return () => void process.off("exit", write);
      },
    },
    stderr: { write: (text) => void process.stderr.write(text), isTTY: process.stderr.isTTY },
    ask: process.stdin.isTTY && process.stderr.isTTY && (realEnv.CI ?? "") === "" ? ask : null,
    signal,
  });
  // An empty write ends after everything before it was handed to the reader; open sockets of libraries must not keep us.
  process.stdout.write("", () => process.exit(exitCode));
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal in line mode hands Ctrl-C to the question instead of the process.
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    // A closed stdin answers nothing, which is no.
    const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return await Promise.race([lines.question(question, { signal }), closed]);
  } finally {
    lines.close();
  }
}
