// Lets a copy of the package judge itself and says what turned red. Read from the raw observations, not from the copy's own
// report: what is damaged may be the report.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { Isolation } from "../../src/contracts/target.ts";
import { checks, layers } from "../claims/checks.ts";
import type { Copy } from "./plant.ts";

/** Catcher (a check, `run.orphans`, `verify`) to what it said; a catcher without complaint is not in it. */
export type Complaints = ReadonlyMap<string, readonly string[]>;

export interface CopyEnd {
  readonly complaints: Complaints;
  /** Null when the run left none. */
  readonly verdict: string | null;
  /** Everything the run printed. */
  readonly said: string;
  /** Folder with the bundle and the reports; null when there is none. */
  readonly bundle: string | null;
}

export interface CopyRun {
  readonly checks: readonly string[];
  readonly bench: boolean;
  readonly isolation: Isolation;
  /** Variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A run that hangs under its defect is ended after so long, ms. */
const mostMs = 300_000;
const stopMs = 20_000;
const mostText = 4_000_000;
/** No spending on this machine comes near it. */
const budgetMicroUsd = 1_000_000_000;

/** Validates with the copy, then asks the undamaged verifier about its bundle. The copy's server is gone afterwards. */
export async function runCopy(copy: Copy, { checks: only, bench, isolation, env = {} }: CopyRun): Promise<CopyEnd> {
  const out = join(copy.folder, "reports");
  const wanted = layers.filter((layer) => (bench && layer === "production") || only.some((id) => id.startsWith(layer)));
  const place = { target: "local", isolation, folder: copy.folder, budgetMicroUsd };
  const request = { ...place, out, layers: wanted, bench, checks: only };
  const own = { E2B_SWARM_HOME: copy.home, ...env };
  try {
    const program = join(copy.package, "dist/harness/run/main.js");
    const said = await runNode([program, JSON.stringify(request)], copy.folder, own, mostMs);
    const bundle = bundleIn(out);
    const complaints = new Map(bundle === null ? [] : complaintsIn(bundle, only));
    // A run that broke off says nothing through the checks that it never came to: it must not count as theirs.
    if (bundle === null || !isClosed(bundle)) complaints.set("run", [`it left no closed bundle: ${refusalIn(said)}`]);
    const problems = bundle === null ? [] : await verifierSays(bundle);
    if (problems.length > 0) complaints.set("verify", problems);
    return {
      complaints,
      verdict: bundle === null ? null : verdictIn(bundle),
      said,
      bundle,
    };
  } finally {
    await runNode([packageFolder("bin/e2b-swarm.mjs"), "local", "stop"], copy.folder, own, mostMs);
  }
}

function isClosed(bundle: string): boolean {
  const path = join(bundle, "evidence/manifest.json");
  const manifest: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
  return isRecord(manifest) && manifest.state === "closed";
}

/** The sentence with which a run refused, else the first line of what it said. */
export function refusalIn(said: string): string {
  const refusal = /"message":"(?:\[[\w.]+\] )?([^"]*)"/.exec(said)?.[1];
  return (refusal ?? said.split("\n")[0] ?? "").slice(0, 160);
}

function bundleIn(out: string): string | null {
  const names = existsSync(out) ? readdirSync(out).filter((name) => name.startsWith("run_")) : [];
  const [name] = names;
  return name === undefined ? null : join(out, name);
}

function complaintsIn(bundle: string, only: readonly string[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const id of [...only, "run.orphans"]) {
    const complaints = [...failedObservations(bundle, id), ...cutShort(bundle, id)];
    if (complaints.length > 0) found.set(id, complaints);
  }
  return found;
}

/** A check without an observation is red too: absence is never a pass. */
function failedObservations(bundle: string, id: string): readonly string[] {
  const rows = linesOf(join(bundle, "evidence/observations", `${id}.ndjson`)).filter((row) => row.k === "o");
  const atLeast = checks.find((row) => row.id === id)?.atLeast ?? 1;
  const failed = rows.filter((row) => row.out !== "ok").map((row) => String(row.what));
  return rows.length < atLeast && failed.length === 0 ? ["it observed too little"] : failed;
}

function cutShort(bundle: string, id: string): readonly string[] {
  const rows = linesOf(join(bundle, "evidence/events", `check-${id.replaceAll(".", "-")}.ndjson`));
  return rows.some((row) => row.k === "note" && row.what === "abort") ? ["it did not end in time"] : [];
}

function linesOf(path: string): readonly Readonly<Record<string, unknown>>[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line): unknown => JSON.parse(line)).filter((row) => isRecord(row));
}

function verdictIn(bundle: string): string | null {
  const path = join(bundle, "evidence/claims.json");
  const claims: unknown = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
  const judgement = isRecord(claims) && isRecord(claims.judgement) ? claims.judgement : {};
  return typeof judgement.verdict === "string" ? judgement.verdict : null;
}

/** The verifier of this package, not of the copy. */
async function verifierSays(bundle: string): Promise<readonly string[]> {
  const said = await runNode([packageFolder("dist/harness/verify/main.js"), bundle, "--json"], bundle, {}, mostMs);
  const answer: unknown = JSON.parse(said);
  const problems: readonly unknown[] = isRecord(answer) && Array.isArray(answer.problems) ? answer.problems : [];
  return problems.map((row) => (isRecord(row) ? `${String(row.file)}: ${String(row.problem)}` : String(row)));
}

/** What the program printed on both streams; its exit code is that of a verdict and says nothing here. */
function runNode(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  withinMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: folder,
      env: { ...realEnv, NO_COLOR: "1", E2B_SWARM_TARGET: "local", ...env },
      // Stdin stays open: a validation whose stdin ends takes itself for orphaned.
      stdio: ["pipe", "pipe", "pipe"],
    });
    let text = "";
    const add = (chunk: string): void => {
      if (text.length < mostText) text += chunk;
    };
    const cancels = [
      realClock.after(withinMs, () => void child.kill("SIGTERM")),
      realClock.after(withinMs + stopMs, () => void child.kill("SIGKILL")),
    ];
    child.stdout.setEncoding("utf8").on("data", add);
    child.stderr.setEncoding("utf8").on("data", add);
    child.once("error", reject);
    child.once("close", () => {
      for (const cancel of cancels) cancel();
      resolve(text);
    });
  });
}
