// `node dist/harness/audit/main.js <report.md> [--evidence <folder>] [--json] [--most <n>]`: grades every numeric claim of a
// report. Exits 0 when nothing is refused, 1 when something is contradicted, 6 when something is only unsupported, 2 for
// wrong usage or a report that is unfit, 5 when there is no report or no bundle, 7 when the bundle does not verify.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { auditReport, exitCodeOf, type Audit } from "./audit.ts";
import { bundleFolder, readBundle } from "./evidence/read-bundle.ts";
import type { EvidenceFacts } from "./evidence/compare.ts";
import { mostReportBytes } from "./limits.ts";

interface Request {
  readonly report: string;
  readonly evidence: string | null;
  readonly json: boolean;
  readonly most: number;
}

const usage = "Usage: audit <report.md> [--evidence <folder>] [--json] [--most <n>]";

function parseArguments(args: readonly string[]): Request | null {
  let report: string | null = null;
  let evidence: string | null = null;
  let json = false;
  let most = 40;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--json") json = true;
    else if (arg === "--evidence" && args[at + 1] !== undefined) evidence = args[(at += 1)] ?? null;
    else if (arg === "--most" && /^\d{1,6}$/.test(args[at + 1] ?? "")) most = Number(args[(at += 1)]);
    else if (arg.startsWith("--") || report !== null) return null;
    else report = arg;
  }
  return report === null ? null : { report, evidence, json, most };
}

/** A failure as the caller reads it: `{ "failed": code, "sentence": … }` on stdout with --json. */
function fail(request: Pick<Request, "json">, failed: string, sentence: string, code: number): number {
  if (request.json) process.stdout.write(`${JSON.stringify({ failed, sentence })}\n`);
  else process.stderr.write(`[${failed}] ${sentence}\n`);
  return code;
}

function main(args: readonly string[]): number {
  const request = parseArguments(args);
  if (request === null) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const path = resolve(request.report);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile())
    return fail(request, "report.missing", `Cannot audit ${request.report}: there is no such file`, 5);
  if (stat.size > mostReportBytes)
    return fail(
      request,
      "report.unfit",
      `Cannot audit ${request.report}: it holds ${stat.size} bytes, at most ${mostReportBytes} are read`,
      2,
    );
  const bytes = readFileSync(path);
  const text = decode(bytes);
  if (text === null) return fail(request, "report.unfit", `Cannot audit ${request.report}: it is no UTF-8 text`, 2);
  const evidence = request.evidence === null ? null : verified(request, request.evidence, bytes);
  if (typeof evidence === "number") return evidence;
  const audit = auditReport(text, evidence);
  if ("unfit" in audit) return fail(request, "report.unfit", `Cannot audit ${request.report}: ${audit.unfit}`, 2);
  process.stdout.write(
    request.json
      ? `${JSON.stringify({ ...shortened(audit, request.most), exitCode: exitCodeOf(audit) })}\n`
      : `${tell(audit, request.most)}\n`,
  );
  return exitCodeOf(audit);
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The facts of a bundle that verifies, in a process of its own; else the exit code. */
function verified(request: Request, given: string, bytes: Buffer): EvidenceFacts | number {
  const folder = bundleFolder(resolve(given));
  if (folder === null)
    return fail(request, "evidence.missing", `Cannot compare with ${given}: it holds no evidence bundle`, 5);
  const verifier = join(import.meta.dirname, "../verify/main.js");
  const end = spawnSync(process.execPath, [verifier, folder, "--integrity-only"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (end.status === 0) return readBundle(folder, bytes);
  const last = end.stdout.split("\n").find((line) => line.startsWith("problem")) ?? "the verifier did not finish";
  return fail(
    request,
    "evidence.mismatch",
    `Cannot compare with ${given}: the bundle does not verify: ${last.replace(/^problem\s+/, "")}`,
    7,
  );
}

function shortened(audit: Audit, most: number): Audit & { readonly leftOut: number } {
  return {
    ...audit,
    claims: audit.claims.slice(0, most),
    unclaimed: audit.unclaimed.slice(0, most),
    leftOut: Math.max(0, audit.claims.length - most),
  };
}

function tell(audit: Audit, most: number): string {
  const lines = audit.claims
    .filter((claim) => claim.grade !== "proven")
    .slice(0, most)
    .map(
      (claim) =>
        `${claim.grade.padEnd(12)} ${claim.lint.padEnd(19)} line ${claim.line}: ${claim.text}: ${claim.because}`,
    );
  const { proven, contradicted, unsupported, unclaimed } = audit.counts;
  return [
    ...lines,
    `${contradicted} contradicted, ${unsupported} unsupported, ${proven} proven; ${unclaimed} figures claim nothing`,
  ].join("\n");
}

process.exitCode = main(process.argv.slice(2));
