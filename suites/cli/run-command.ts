// The command line as a person uses it: the packaged program in a process of its own, in an empty folder.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { realEnv } from "../../src/host/env.ts";
import { packageFolder } from "../../src/host/package-folder.ts";

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `e2b-swarm …args` in `folder` with stdin closed. */
export function runCommand(
  folder: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(packageFolder(), "bin/e2b-swarm.mjs"), ...args], {
      cwd: folder,
      env: { ...realEnv, ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The one JSON document of a `--json` command; an empty object when stdout was anything else. */
export function envelope(end: CommandEnd): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(end.stdout);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** `data` of a successful envelope. */
export function dataOf(end: CommandEnd): Readonly<Record<string, unknown>> {
  const { data } = envelope(end);
  return isRecord(data) ? data : {};
}

/** `error.code` of a failed envelope, or an empty text. */
export function errorOf(end: CommandEnd): string {
  const { error } = envelope(end);
  return isRecord(error) ? String(error.code) : "";
}
