// The verifier tested by forgery: an honest bundle verifies, and each way of lying about it is caught and named.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyFolder, type Verification } from "../../../harness/verify/verify.ts";
import { canonicalLine } from "../../../harness/evidence/canonical.ts";
import { openCopy, resign, type Copy } from "../forge.ts";
import { buildGolden, type Golden } from "../golden-bundle.ts";

let golden: Golden;
let other: Golden;
let scratch: string;
beforeAll(async () => {
  golden = await buildGolden();
  other = await buildGolden({ plan: { run: "run_other" } });
  scratch = mkdtempSync(join(tmpdir(), "forgery-"));
});
afterAll(() => {
  golden.remove();
  other.remove();
  rmSync(scratch, { recursive: true });
});

let copies = 0;
function copy(from: Golden = golden): Copy {
  copies += 1;
  const folder = join(scratch, String(copies));
  cpSync(from.folder, folder, { recursive: true });
  return openCopy(folder);
}

function expectCaught(result: Verification, file: string | RegExp, claim?: string): void {
  expect(result.exitCode).toBe(7);
  expect(result.verified).toBe(false);
  const files = result.problems.map((problem) => problem.file);
  expect(
    files.some((name) => (typeof file === "string" ? name === file : file.test(name))),
    files.join(", "),
  ).toBe(true);
  if (claim !== undefined) expect(result.problems.map((problem) => problem.claim)).toContain(claim);
}

const create = "evidence/samples/bench-0/bench.create.ndjson";
const echo = "evidence/observations/backend.echo.ndjson";
const events = "evidence/events/bench-0.ndjson";

type Forgery = readonly [name: string, forge: (bundle: Copy) => void, file: string | RegExp, claim?: string];
const p95 = "c-local.create.p95";

const plain: readonly Forgery[] = [
  ["one byte of a sample", (b) => b.edit(create, '"dur":1', '"dur":2'), create],
  ["one byte of an observation", (b) => b.edit(echo, "hello", "hellp"), echo],
  ["one byte of an event", (b) => b.edit(events, '"exchanges":1', '"exchanges":2'), events],
  ["one byte of env.json", (b) => b.edit("evidence/env.json", '"dirty":false', '"dirty":true'), "evidence/env.json"],
  ["one byte of the ledger", (b) => b.edit("evidence/ledger.json", "CONDITIONAL", "CERTIFIED"), "evidence/ledger.json"],
  ["one byte of the keys", (b) => b.edit("evidence/keys.json", "SHA256:", "SHA257:"), "evidence/keys.json"],
  [
    "one byte of the plan's envelope",
    (b) => b.edit("evidence/plan.dsse.json", '"sig":"', '"sig":"A'),
    "evidence/plan.dsse.json",
  ],
  [
    "one byte of the run's envelope",
    (b) => b.edit("evidence/run.dsse.json", '"sig":"', '"sig":"A'),
    "evidence/run.dsse.json",
  ],
  ["a byte of the manifest", (b) => b.edit("evidence/manifest.json", '"bytes":', '"bytes":1'), /manifest|evidence/],
  ["a checkpoint", (b) => b.edit("evidence/checkpoints.ndjson", '"seq":1', '"seq":2'), "evidence/checkpoints.ndjson"],
  ["a limit in the plan", (b) => b.edit("evidence/plan.json", "250000000", "950000000"), "evidence/plan.json"],
  [
    "a limit in the claims",
    (b) => b.edit("evidence/claims.json", "250000000", "950000000"),
    "evidence/claims.json",
    p95,
  ],
  ["a renamed field of a sample", (b) => b.edit(create, '"st":', '"su":'), create],
  ["a dropped sample", (b) => b.lines(create, (all) => all.toSpliced(50, 1)), create],
  [
    "reordered samples",
    (b) => b.lines(create, (all) => [...all.slice(0, 9), all[10]!, all[9]!, ...all.slice(11)]),
    create,
  ],
  ["a cut file", (b) => b.lines(create, (all) => all.slice(0, 100)), create],
  ["a missing file", (b) => rmSync(join(b.folder, create)), create],
  ["an unlisted file", (b) => b.write("evidence/samples/bench-0/more.ndjson", b.read(create)), /more\.ndjson$/],
  [
    "a figure in report.html",
    (b) =>
      b.edit(
        "report.html",
        /value="\d+" data-claim="c-local.create.p95" data-field="n"/,
        `value="9" data-claim="${p95}" data-field="n"`,
      ),
    "report.html",
    p95,
  ],
  [
    "visible text in report.html",
    (b) => b.edit("report.html", /data-field="n">\d+</, 'data-field="n">12345<'),
    "report.html",
    p95,
  ],
  ["prose in report.html", (b) => b.edit("report.html", "Report", "Rapport"), "report.html"],
  ["a figure in report.md", (b) => b.edit("report.md", /\| 198 \|/, "| 1980 |"), "report.md", p95],
  ["a figure in results.json", (b) => b.edit("results.json", '"n":198', '"n":1980'), "results.json", p95],
  ["a count in junit.xml", (b) => b.edit("junit.xml", /tests="\d+"/, 'tests="8"'), "junit.xml"],
  ["a missing report", (b) => rmSync(join(b.folder, "report.md")), "report.md"],
];

const careful: readonly Forgery[] = [
  [
    "slower samples made fast",
    (b) => b.lines(create, (all) => all.map((line) => line.replace(/"dur":1\d{8}/, '"dur":100000000'))),
    create,
  ],
  [
    "a verdict in the claims",
    (b) => b.edit("evidence/claims.json", '"verdict":"CONDITIONAL"', '"verdict":"CERTIFIED"'),
    "evidence/claims.json",
  ],
  [
    "a value in the claims",
    (b) => b.edit("evidence/claims.json", /"value":1(\d{8}),"verdict":"PASS"/, '"value":2$1,"verdict":"PASS"'),
    "evidence/claims.json",
    p95,
  ],
  ["a count in the claims", (b) => b.edit("evidence/claims.json", '"n":198', '"n":773'), "evidence/claims.json", p95],
  [
    "a limit in plan and claims",
    (b) => {
      b.edit("evidence/plan.json", "250000000", "950000000");
      b.edit("evidence/claims.json", "250000000", "950000000");
    },
    create,
  ],
  ["samples of another run", (b) => b.write(create, readFileSync(join(other.folder, create), "utf8")), create],
  [
    "a relabelled target",
    (b) => b.lines(create, (all) => all.map((line) => line.replace('"target":"local"', '"target":"cloud"'))),
    create,
    p95,
  ],
  [
    "a raised provenance",
    (b) => b.lines(echo, (all) => all.map((line) => line.replace(/"wit":"[^"]*"/, '"wit":null'))),
    echo,
  ],
  [
    "an invented witness",
    (b) => b.lines(create, (all) => all.map((line) => line.replace(/"wit":"w-bench-0-7"/, '"wit":"w-bench-0-9999"'))),
    create,
  ],
  [
    "witnesses of another port",
    (b) => b.lines(events, (all) => all.map((line) => line.replace(/"port":\d+/, '"port":9'))),
    create,
  ],
  [
    "a failed observation turned",
    (b) =>
      b.lines(echo, (all) => all.toSpliced(1, 1).map((line, i) => (i === 1 ? line.replace('"i":1', '"i":0') : line))),
    echo,
    "c-local.backend.echo",
  ],
  [
    "a figure in the report",
    (b) =>
      b.edit(
        "report.html",
        /value="\d+" data-claim="c-local.vote.p95" data-field="value"/,
        'value="1" data-claim="c-local.vote.p95" data-field="value"',
      ),
    "report.html",
    "c-local.vote.p95",
  ],
  ["a figure in report.md", (b) => b.edit("report.md", /\| 198 \|/, "| 1980 |"), "report.md", p95],
  ["a verdict in report.md", (b) => b.edit("report.md", "| PASS |", "| FAIL |"), "report.md"],
  ["a row of report.md", (b) => b.edit("report.md", /\| c-local.create.p95 .*\n/, ""), "report.md", p95],
  ["the headline of report.md", (b) => b.edit("report.md", "# CONDITIONAL", "# CERTIFIED"), "report.md"],
  ["the headline of report.html", (b) => b.edit("report.html", "<h1>CONDITIONAL", "<h1>CERTIFIED"), "report.html"],
  ["a count of junit.xml", (b) => b.edit("junit.xml", /tests="\d+"/, 'tests="8"'), "junit.xml"],
  [
    "a case of junit.xml",
    (b) => b.edit("junit.xml", '[c-local.create.p95]"/>', '[c-local.create.p95]"><skipped message=""/></testcase>'),
    "junit.xml",
    p95,
  ],
  ["a case of junit.xml taken away", (b) => b.edit("junit.xml", /<testcase [^>]*>/, ""), "junit.xml"],
  [
    "a removed reason",
    (b) => b.edit("evidence/claims.json", /\{"claim":null,"code":"assurance"[^}]*\}/, ""),
    "evidence/claims.json",
  ],
  [
    "a removed claim",
    (b) => {
      const file = JSON.parse(b.read("evidence/claims.json"));
      file.claims.splice(1, 1);
      b.write("evidence/claims.json", `${canonicalLine(file)}\n`);
    },
    "evidence/claims.json",
  ],
  [
    "a fraction in a record",
    (b) => b.lines(create, (all) => all.map((line) => line.replace(/"sch":(\d+)/, '"sch":$1.5'))),
    create,
  ],
];

describe("forgeries", () => {
  for (const [name, forge, file, claim] of plain) {
    test(`caught: ${name}`, () => {
      const bundle = copy();
      forge(bundle);
      expectCaught(verifyFolder(bundle.folder), file, claim);
    });
  }
  for (const [name, forge, file, claim] of careful) {
    test(`caught although digests were made right and all was signed again: ${name}`, () => {
      const bundle = copy();
      forge(bundle);
      resign(bundle, scratch);
      expectCaught(verifyFolder(bundle.folder), file, claim);
    });
  }
  test("caught: the run signed by another key than the plan", () => {
    const bundle = copy();
    resign(bundle, scratch, { keepPlanSignature: true });
    expectCaught(verifyFolder(bundle.folder), "evidence/run.dsse.json");
  });
  const signatures = ["keys.json", "plan.dsse.json", "run.dsse.json"];
  test("caught: signatures taken away while the claims speak of assurance A1", () => {
    const bundle = copy();
    for (const name of signatures) rmSync(join(bundle.folder, "evidence", name));
    resign(bundle, scratch, { unsigned: true });
    const { exitCode, problems } = verifyFolder(bundle.folder);
    expect(exitCode).toBe(7);
    expect(problems).toContainEqual({
      file: "evidence/claims.json",
      place: "judgement.assurance",
      claim: null,
      problem: "the assurance is given as A1, the signatures that are here give A0",
    });
  });
  test("caught: signatures taken away and the claims made to say so", () => {
    const bundle = copy();
    for (const name of signatures) rmSync(join(bundle.folder, "evidence", name));
    bundle.edit("evidence/claims.json", '"assurance":"A1"', '"assurance":"A0"');
    resign(bundle, scratch, { unsigned: true });
    expectCaught(verifyFolder(bundle.folder), "evidence/checkpoints.ndjson");
  });
  test("the list of forgeries is not short", () => {
    expect(plain.length + careful.length).toBeGreaterThan(20);
  });
});

describe("the program", () => {
  const program = (...args: string[]) =>
    spawnSync(process.execPath, ["dist/harness/verify/main.js", ...args], { encoding: "utf8" });

  test("exits with the re-derived verdict, 7, 5 and 2", () => {
    const forged = copy();
    forged.edit(create, '"dur":1', '"dur":2');
    const empty = join(scratch, "nothing-here");
    mkdirSync(empty);
    const runs = [[golden.folder], [golden.folder, "--integrity-only"], [forged.folder], [empty], []];
    expect(runs.map((args) => program(...args).status)).toEqual([3, 0, 7, 5, 2]);
    expect(program(forged.folder).stdout).toContain(`problem   ${create}`);
    expect(JSON.parse(program(golden.folder, "--json").stdout)).toMatchObject({
      verified: true,
      verdict: "CONDITIONAL",
    });
  });
});
