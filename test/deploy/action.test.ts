// The GitHub action, run here as a runner would: action.yml is read, its expressions are filled in, its steps run with
// GITHUB_* files of their own. A stand-in for the command answers as `validate --json` does, over reports of a sample run.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { renderReports } from "../../harness/render/render-reports.ts";
import type { RunDocument } from "../../harness/render/run-document.ts";
import { runWords } from "../../harness/render/words.ts";
import { certifiedDocument, conditionalDocument, refusedDocument } from "../harness/render/sample-document.ts";

const folder = join(import.meta.dirname, "../../deploy/action");
const scratch = mkdtempSync(join(tmpdir(), "action-"));
afterAll(() => rmSync(scratch, { recursive: true }));

type Yaml = string | Yaml[] | { [key: string]: Yaml };

/** The part of YAML that action.yml uses: maps and lists by indentation, plain scalars, "". Throws on anything else. */
function readYaml(text: string): Yaml {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  let at = 0;
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const block = (indent: number): Yaml => (lines[at]!.trimStart().startsWith("- ") ? items(indent) : map(indent));
  const items = (indent: number): Yaml[] => {
    const list: Yaml[] = [];
    while (at < lines.length && indentOf(lines[at]!) === indent && lines[at]!.trimStart().startsWith("- ")) {
      lines[at] = lines[at]!.replace("- ", "  ");
      list.push(map(indent + 2));
    }
    return list;
  };
  const map = (indent: number): { [key: string]: Yaml } => {
    const entries: { [key: string]: Yaml } = {};
    while (at < lines.length && indentOf(lines[at]!) === indent) {
      const match = /^\s*([\w-]+):(?: (.*))?$/.exec(lines[at]!);
      if (match === null || /^[|>&*[{]/.test(match[2] ?? "")) throw new Error(`not understood: ${lines[at]}`);
      at += 1;
      const inline = match[2];
      entries[match[1]!] = inline === undefined ? block(indentOf(lines[at]!)) : inline === '""' ? "" : inline;
    }
    return entries;
  };
  return map(0);
}

interface Step {
  readonly id: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}
const action = readYaml(readFileSync(join(folder, "action.yml"), "utf8")) as unknown as {
  readonly inputs: Record<string, { readonly description: string; readonly default: string }>;
  readonly outputs: Record<string, { readonly value: string }>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

/** Runs the steps in order; `if: always()` steps also after a failure. */
function runAction(given: Record<string, string>) {
  const place = mkdtempSync(join(scratch, "run-"));
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([key, input]) => [key, given[key] ?? input.default]),
  );
  const outputs: Record<string, Record<string, string>> = {};
  const fill = (text: string): string =>
    text.replace(
      /\$\{\{ (?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)) \}\}/g,
      (_, input: string, step: string, name: string) =>
        input === undefined ? (outputs[step]?.[name] ?? "") : (inputs[input] ?? ""),
    );
  const codes: Record<string, number | null> = {};
  let printed = "";
  const files = { GITHUB_STEP_SUMMARY: join(place, "summary"), GITHUB_OUTPUT: "" };
  writeFileSync(files.GITHUB_STEP_SUMMARY, "");
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue;
    if (Object.values(codes).some((code) => code !== 0) && !step.if?.startsWith("always()")) continue;
    files.GITHUB_OUTPUT = join(place, `${step.id}-output`);
    writeFileSync(files.GITHUB_OUTPUT, "");
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value)]));
    const ended = spawnSync("bash", ["-eo", "pipefail", "-c", step.run], {
      cwd: place,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...files, GITHUB_ACTION_PATH: folder, ...env },
    });
    codes[step.id] = ended.status;
    printed += ended.stdout;
    const written = readFileSync(files.GITHUB_OUTPUT, "utf8").matchAll(/^([\w-]+)<<(\S+)\n([^]*?)\n\2$/gm);
    outputs[step.id] = Object.fromEntries([...written].map(([, key, , value]) => [key, value]));
  }
  const shown = Object.fromEntries(Object.entries(action.outputs).map(([key, { value }]) => [key, fill(value)]));
  return { codes, printed, outputs: shown, summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8") };
}

/** A command that leaves the reports of `doc` and answers as the command line does. */
function standIn(doc: RunDocument | null, more: { readonly exitCode?: number; readonly stdout?: string } = {}): string {
  const place = mkdtempSync(join(scratch, "command-"));
  const report = join(place, "report");
  mkdirSync(report);
  if (doc !== null)
    for (const [name, text] of Object.entries(renderReports(doc))) writeFileSync(join(report, name), text);
  const data = { run_id: doc?.run.id, verdict: doc?.verdict, folder: report };
  const answer = more.stdout ?? JSON.stringify({ ok: true, data });
  const path = join(place, "command.mjs");
  const code = more.exitCode ?? (doc === null ? 1 : runWords[doc.verdict].exitCode);
  writeFileSync(
    path,
    `import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(join(place, "called"))}, JSON.stringify({ args: process.argv.slice(2), cost: process.env.COST_BUDGET_DAILY ?? null }));
process.stdout.write(${JSON.stringify(answer)}); process.exitCode = ${code};`,
  );
  return `${process.execPath} ${path}`;
}
const calledWith = (command: string): unknown =>
  JSON.parse(readFileSync(join(command.split(" ")[1]!, "../called"), "utf8"));

it("is composite, names its inputs and outputs, pins what it uses, and gives expressions to the environment only", () => {
  expect(action.runs.using).toBe("composite");
  expect(Object.keys(action.inputs)).toEqual(["command", "target", "suite", "out", "fail-on", "max-cost", "artifact"]);
  expect(Object.keys(action.outputs)).toEqual(["verdict", "exit-code", "run-id", "report-path"]);
  for (const step of action.runs.steps) {
    expect(step.run ?? "").not.toContain("${{");
    if (step.uses !== undefined) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  }
});

it("a certified run: outputs, summary, no annotation of an error, and the job goes on", () => {
  const command = standIn(certifiedDocument);
  const ran = runAction({ command, suite: "backend,cli", "max-cost": "2.5" });
  expect(ran.codes).toEqual({ validate: 0, publish: 0, gate: 0 });
  expect(ran.outputs).toMatchObject({ verdict: "CERTIFIED", "exit-code": "0", "run-id": certifiedDocument.run.id });
  expect(ran.summary.startsWith("# ✓ CERTIFIED (local)")).toBe(true);
  expect(ran.printed).not.toMatch(/^::/m);
  expect(calledWith(command)).toEqual({
    args: ["validate", "--json", "--target", "local", "--out", "reports", "--layers", "backend,cli"],
    cost: "2.5",
  });
});

it.each([
  ["REFUSED", "1", { gate: 1, inconclusive: 1, flaky: 1, conditional: 1 }],
  ["INCOMPLETE", "6", { gate: 0, inconclusive: 6, flaky: 6, conditional: 6 }],
  ["CONDITIONAL", "3", { gate: 0, inconclusive: 0, flaky: 0, conditional: 3 }],
])("fail-on decides what ends the job of a run that is %s", (verdict, exitCode, expected) => {
  const report = mkdtempSync(join(scratch, "gate-"));
  writeFileSync(join(report, "ctrf.json"), renderReports(conditionalDocument)["ctrf.json"]);
  const found = Object.keys(expected).map((failOn) => {
    const env = { INPUT_FAIL_ON: failOn, REPORT_PATH: report, VERDICT: verdict, EXIT_CODE: exitCode };
    return [failOn, spawnSync(process.execPath, [join(folder, "gate.mjs")], { env }).status];
  });
  expect(Object.fromEntries(found)).toEqual(expected);
});

it("a refused run is annotated with the verdict first, escaped, and within ten per kind", () => {
  const ran = runAction({ command: standIn(refusedDocument) });
  const errors = ran.printed.split("\n").filter((line) => line.startsWith("::error"));
  expect(errors[0]).toMatch(/^::error title=run\.verdict::Measured against the local server .* REFUSED \(local\)/);
  expect(errors[1]).toMatch(/^::error title=c-local\.check\.backend\.execute::/);
  const broken = { ...refusedDocument, verdict: "REFUSED" as const };
  const many = {
    ...broken,
    claims: broken.claims.map((claim) =>
      claim.verdict === "PASS" ? { ...claim, verdict: "FAIL" as const, notes: ["50 %\n::error::x"] } : claim,
    ),
  };
  const lines = runAction({ command: standIn(many) }).printed.split("\n");
  expect(lines.filter((line) => line.startsWith("::error")).length).toBe(10);
  expect(lines.find((line) => line.startsWith("::error title=and "))).toMatch(/^::error title=and \d+ more::/);
  expect(lines.some((line) => line.includes("50 %25%0A::error::x"))).toBe(true);
});

it("no run, a lying exit code, and an unknown wish all fail", () => {
  const nothing = runAction({ command: standIn(null, { stdout: "" }) });
  expect(nothing.codes).toEqual({ validate: 0, publish: 0, gate: 1 });
  expect(nothing.outputs).toMatchObject({ verdict: "ERROR", "report-path": "" });
  expect(nothing.summary).toContain("The validation left no report.");
  expect(nothing.printed).toContain("::error title=ERROR::The validation gave no answer");
  expect(runAction({ command: standIn(certifiedDocument, { exitCode: 7 }) }).codes["gate"]).toBe(1);
  expect(runAction({ command: standIn(certifiedDocument), "fail-on": "never" }).codes["gate"]).toBe(2);
});

it("a value cannot become another output", () => {
  const stdout = JSON.stringify({
    ok: true,
    data: { verdict: "REFUSED\nverdict<<x\nCERTIFIED\nx", run_id: "", folder: "" },
  });
  const ran = runAction({ command: standIn(null, { stdout, exitCode: 1 }) });
  expect(ran.outputs["verdict"]).toBe("REFUSED\nverdict<<x\nCERTIFIED\nx");
  expect(ran.codes["gate"]).toBe(1);
});
