// Plants one defect into a copy of the built package, lets that copy validate itself and reports which checks turned red.
// Law: a defect whose text is not found exactly once is not planted, and that is an error: it would prove nothing.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realEnv } from "../../src/host/env.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { Layer } from "../claims/checks.ts";
import type { Defect, Edit } from "./defects.ts";

/** Everything a published package holds; sources and tools stay behind, so that the copy is not built anew. */
const parts = ["bin", "dist", "templates", "fixtures", "package.json"] as const;

export interface Red {
  readonly id: string;
  /** What the check said. */
  readonly reason: string;
}

/**
 * The checks of `layers` that did not pass in a copy of the package with `edits` applied; none for a healthy package. Throws
 * `usage.invalid` for an edit that cannot be planted, and whatever keeps the run from leaving a result.
 */
export async function redChecks(layers: readonly Layer[], edits: readonly Edit[]): Promise<readonly Red[]> {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-sabotage-"));
  const home = join(folder, "home");
  const run = (...args: readonly string[]): Promise<string> =>
    runProgram([join(folder, "package/bin/e2b-swarm.mjs"), ...args], folder, { E2B_SWARM_HOME: home });
  try {
    copyPackage(join(folder, "package"));
    mkdirSync(home);
    for (const edit of edits) plant(join(folder, "package/dist"), edit);
    const said = await run("validate", "--layers", layers.join(","), "--no-bench", "--json", "--out", "reports");
    return readReds(join(folder, "reports/latest/results.json"), layers, said);
  } finally {
    await run("local", "stop");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks red under the defect that are not red without it, sorted. */
export async function redUnder(defect: Defect, control: readonly Red[]): Promise<readonly string[]> {
  const before = new Set(control.map((red) => red.id));
  const reds = await redChecks([defect.layer], defect.edits);
  return reds
    .map((red) => red.id)
    .filter((id) => !before.has(id))
    .sort();
}

function copyPackage(folder: string): void {
  mkdirSync(folder);
  for (const part of parts) cpSync(packageFolder(part), join(folder, part), { recursive: true });
  symlinkSync(realpathSync(packageFolder("node_modules")), join(folder, "node_modules"));
}

/** Applies one edit below `dist`. Throws `usage.invalid` unless its text stands there exactly once. */
export function plant(dist: string, { file, find, replace }: Edit): void {
  const path = join(dist, file);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const times = text.split(find).length - 1;
  if (times !== 1) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot plant a defect in ${file}: its text stands there ${times} times, wanted once`,
      {
        hint: "Bring harness/sabotage/defects.ts up to date with the compiled code",
        details: { file },
      },
    );
  }
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

function readReds(path: string, layers: readonly Layer[], said: string): readonly Red[] {
  const results: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
  const rows: readonly unknown[] = isRecord(results) && Array.isArray(results.checks) ? results.checks : [];
  const mine = rows.filter((row) => isRecord(row)).filter((row) => layers.some((layer) => row.layer === layer));
  if (mine.length === 0) throw new Error(`The run of the copy left no result: ${said.slice(0, 2_000)}`);
  // A check that did not run is red too: absence is never a pass.
  return mine
    .filter((row) => row.state !== "passed")
    .map((row) => ({ id: String(row.id), reason: `${String(row.state)} ${String(row.reason)}` }));
}

/** What the program printed; its exit code is that of a verdict and says nothing here. */
function runProgram(args: readonly string[], folder: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: folder,
      env: { ...realEnv, ...env, NO_COLOR: "1", E2B_SWARM_TARGET: "local" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.once("error", reject);
    child.once("close", () => resolve(text));
  });
}
