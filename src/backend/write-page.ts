// A backtest as an HTML page. The page is made by a program of the harness, because no room of the library draws; the result
// goes to it through a file that only we can read.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BacktestOutput } from "../contracts/operations/backtest.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { replaceFile } from "../host/durable-file.ts";
import { programPath } from "./paths.ts";
import { runProgram } from "./run-program.ts";

const pageMode = 0o644;

/** Writes the page of `output` to `path`, whole or not at all. Throws `state.unwritable`. */
export async function writePage(output: BacktestOutput, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-page-"));
  try {
    const data = join(folder, "backtest.json");
    writeFileSync(data, JSON.stringify(output), { mode: 0o600 });
    const quiet = { signal: new AbortController().signal, progress: () => undefined };
    const end = await runProgram(programPath("backtest-page"), [data], quiet);
    if (end.code !== 0 || end.stdout === "") {
      throw new SwarmError("internal", `The page was not drawn (exit code ${String(end.code)})`);
    }
    replaceFile(path, end.stdout, pageMode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
