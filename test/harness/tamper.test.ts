// A run made by the real command, then changed byte by byte and number by number: verify says 7 and names what is wrong.
import { cpSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyFolder } from "../../harness/verify/verify.ts";
import { openCopy, resign, type Copy } from "./forge.ts";

const scratch = mkdtempSync(join(tmpdir(), "tamper-"));
const program = resolve("bin/e2b-swarm.mjs");
const env = { ...process.env, E2B_SWARM_HOME: join(scratch, "home"), E2B_SWARM_TARGET: "local" };
const cli = (...args: readonly string[]) =>
  spawnSync(process.execPath, [program, ...args], {
    cwd: scratch,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
const verifyByCli = (folder: string) => {
  const { status, stdout, stderr } = cli("verify", folder);
  return { status, said: stdout + stderr };
};
let report = "";
let files: readonly string[] = [];

beforeAll(() => {
  const made = cli("validate", "--layers", "backend", "--no-bench", "--out", "reports");
  expect(made.status, made.stderr).toBe(6);
  report = realpathSync(join(scratch, "reports/latest"));
  files = readdirSync(join(report, "evidence"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(report.length + 1))
    .sort();
}, 120_000);
afterAll(() => {
  cli("local", "stop");
  rmSync(scratch, { recursive: true, force: true });
});

let copies = 0;
function copy(): Copy {
  copies += 1;
  const folder = join(scratch, `copy-${copies}`);
  cpSync(report, folder, { recursive: true });
  return openCopy(folder);
}

/** Names of files that verify blames after the change; the whole answer when it is not 7. */
function blamed(change: (bundle: Copy) => void, careful = false): readonly string[] {
  const bundle = copy();
  change(bundle);
  if (careful) resign(bundle, scratch);
  const { exitCode, verified, problems } = verifyFolder(bundle.folder);
  rmSync(bundle.folder, { recursive: true });
  expect({ exitCode, verified }).toEqual({ exitCode: 7, verified: false });
  return problems.flatMap(({ file, claim }) => (claim === null ? [file] : [file, `${file} ${claim}`]));
}

/** Another digit in place of the first one after `at`. */
function otherDigit(text: string, at: number): string {
  const place = at + text.slice(at).search(/[0-9]/);
  return text.slice(0, place) + String((Number(text[place]) + 1) % 10) + text.slice(place + 1);
}

describe("bytes of the evidence", () => {
  test("untouched, it verifies with the code of its verdict", () => {
    expect(verifyByCli(report)).toMatchObject({ status: 6 });
    expect(verifyFolder(report)).toMatchObject({ verified: true, verdict: "INCOMPLETE", exitCode: 6, problems: [] });
  });

  test("one byte of any file, first, middle and last: the file is named", () => {
    expect(files.length).toBeGreaterThan(15);
    const missed: string[] = [];
    const bundle = copy();
    for (const file of files) {
      const whole = readFileSync(join(report, file));
      for (const at of [0, Math.floor(whole.length / 2), whole.length - 1]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(join(bundle.folder, file), changed);
        const { exitCode, problems } = verifyFolder(bundle.folder);
        if (exitCode !== 7 || !problems.some((one) => one.file === file))
          missed.push(`${file} byte ${at}: ${exitCode}`);
      }
      writeFileSync(join(bundle.folder, file), whole);
    }
    expect(missed).toEqual([]);
    expect(verifyFolder(bundle.folder).exitCode).toBe(6);
  });

  test("the command says so too", () => {
    for (const file of [
      "evidence/observations/backend.execute.ndjson",
      "evidence/plan.json",
      "evidence/manifest.json",
    ]) {
      const bundle = copy();
      bundle.edit(file, /1/, "2");
      const { status, said } = verifyByCli(bundle.folder);
      expect({ status, named: said.includes(file) }, said).toEqual({ status: 7, named: true });
    }
  });

  test("lines taken away or swapped, files added or taken away, the state flipped", () => {
    const echo = "evidence/observations/backend.execute.ndjson";
    const events = "evidence/events/check-backend-execute.ndjson";
    const swap = ([head = "", first = "", second = "", ...rest]: string[]): string[] => [head, second, first, ...rest];
    for (const file of [echo, events]) {
      expect(blamed((b) => b.lines(file, (all) => all.toSpliced(2, 1)))).toContain(file);
      expect(blamed((b) => b.lines(file, (all) => all.slice(0, -1)))).toContain(file);
      expect(blamed((b) => b.lines(file, swap))).toContain(file);
      expect(blamed((b) => rmSync(join(b.folder, file)))).toContain(file);
      expect(blamed((b) => b.lines(file, (all) => all.toSpliced(2, 1)), true)).toContain(file);
    }
    expect(blamed((b) => b.write("evidence/observations/more.ndjson", b.read(echo)))).toContain(
      "evidence/observations/more.ndjson",
    );
    expect(blamed((b) => b.edit("evidence/manifest.json", '"state":"closed"', '"state":"open"'))).toContain(
      "evidence/manifest.json",
    );
  });
});

describe("limits", () => {
  const limit = /("metric":"check.backend.execute".*?"threshold":\{"op":"<=","value":)0/;
  const claim = "c-local.backend-execute";
  test("in the plan, in the claims, in both; also when all is signed again", () => {
    const inPlan = (b: Copy): void => b.edit("evidence/plan.json", limit, "$19");
    const inClaims = (b: Copy): void => b.edit("evidence/claims.json", limit, "$19");
    const both = (b: Copy): void => {
      inPlan(b);
      inClaims(b);
    };
    expect(blamed(inPlan)).toContain("evidence/plan.json");
    expect(blamed(inClaims)).toEqual(expect.arrayContaining(["evidence/claims.json", `evidence/claims.json ${claim}`]));
    expect(blamed(both)).toContain("evidence/plan.json");
    // Every record carries the digest of the plan under which it was made.
    expect(blamed(both, true)).toContain("evidence/observations/backend.execute.ndjson");
    expect(verifyByCli(changed(both))).toMatchObject({ status: 7 });
  });
});

function changed(change: (bundle: Copy) => void): string {
  const bundle = copy();
  change(bundle);
  return bundle.folder;
}

describe("numbers of the reports", () => {
  const claim = "c-local.backend-execute";
  const n = `data-claim="${claim}" data-field="n"`;
  const kinds: readonly (readonly [string, string, RegExp | string, string, string?])[] = [
    ["value of a claim element", "report.html", new RegExp(`value="\\d+" ${n}`), `value="99" ${n}`, claim],
    ["text of a claim element", "report.html", new RegExp(`(${n}[^>]*>)\\d+<`), "$199<", claim],
    [
      "limit of a claim element",
      "report.html",
      new RegExp(`value="0" data-claim="${claim}" data-field="threshold"`),
      `value="9" data-claim="${claim}" data-field="threshold"`,
      claim,
    ],
    ["value of a fact", "report.html", /value="\d+" data-fact="claims.PASS"/, 'value="99" data-fact="claims.PASS"'],
    ["text of a fact", "report.html", /(data-fact="claims.PASS">)\d+</, "$199<"],
    ["a count of observations", "report.html", /(data-fact="check.backend.execute.observations">)\d+</, "$199<"],
    ["a label of a drawing", "report.html", /research-agent-1<\/text>/, "research-agent-7</text>"],
    ["a sentence", "report.html", /Node/, "N0de"],
    ["a figure of the table", "report.md", new RegExp(`(\\| .${claim}. \\| PASS .*?\\| 0 \\| )\\d+`), "$199", claim],
    ["a limit of the table", "report.md", new RegExp(`(\\| .${claim}. \\| PASS \\| count \\| .<=)0`), "$19", claim],
    ["tests of a suite", "junit.xml", /<testsuite name="backend" tests="5"/, '<testsuite name="backend" tests="6"'],
    ["errors of all suites", "junit.xml", /(<testsuites .*errors=")\d+/, "$10"],
    ["n of a claim", "results.json", new RegExp(`("id":"${claim}".*?"n":)\\d+`), "$199", claim],
    ["a count of verdicts", "results.json", /("counts":\{.*?"PASS":)\d+/, "$199"],
    ["observations of a check", "results.json", /("id":"backend.execute".*?"observations":)\d+/, "$199"],
  ];
  for (const [what, file, from, to, named] of kinds) {
    test(`${what} in ${file}`, () => {
      const wanted = named === undefined ? [file] : [file, `${file} ${named}`];
      expect(blamed((b) => b.edit(file, from, to))).toEqual(expect.arrayContaining(wanted));
    });
  }
  for (const [what, file, from, to, named] of kinds.filter(([what]) => !/drawing|sentence/.test(what))) {
    test(`${what} in ${file}, although all was signed again`, () => {
      const wanted = named === undefined ? [file] : [file, `${file} ${named}`];
      expect(blamed((b) => b.edit(file, from, to), true)).toEqual(expect.arrayContaining(wanted));
    });
  }

  test("digits anywhere in any report", () => {
    const bundle = copy();
    const missed: string[] = [];
    for (const file of ["report.html", "report.md", "junit.xml", "results.json"]) {
      const text = bundle.read(file);
      const last = text.search(/[0-9][^0-9]*$/);
      for (let step = 0; step < 25; step += 1) {
        const at = Math.floor((last * step) / 24);
        bundle.write(file, otherDigit(text, at));
        const { exitCode, problems } = verifyFolder(bundle.folder);
        if (exitCode !== 7 || !problems.some((one) => one.file === file))
          missed.push(`${file} from ${at}: ${exitCode}`);
      }
      bundle.write(file, text);
    }
    expect(missed).toEqual([]);
  });

  test("the command names file and claim", () => {
    const folder = changed((b) => b.edit("report.html", new RegExp(`value="\\d+" ${n}`), `value="99" ${n}`));
    const { status, said } = verifyByCli(folder);
    expect({ status, file: said.includes("report.html"), claim: said.includes(claim) }, said).toEqual({
      status: 7,
      file: true,
      claim: true,
    });
  });
});
