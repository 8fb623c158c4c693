// The audit log: a chain that finds what was changed, survives what a crash tears, and is written by two servers at once.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditPath, openAudit, verifyAudit } from "../../../src/doors/serve/audit.ts";
import { realClock } from "../../../src/host/clock.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "e2b-swarm-audit-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deed = (n: number) => ({ who: "desk", what: `scaleSwarm ${n}`, outcome: "200" });
const lines = () => readFileSync(auditPath(folder), "utf8").trimEnd().split("\n");
async function write(count: number): Promise<void> {
  const audit = openAudit(folder, realClock);
  for (let n = 0; n < count; n += 1) await audit.write(deed(n));
}

test("no log holds; lines are bound to each other; the file is its owner's alone", async () => {
  expect(verifyAudit(folder)).toEqual({ holds: true, lines: 0, torn: 0, head: "", problem: null });
  await write(3);
  const rows = lines().map((line): Record<string, string> => JSON.parse(line));
  expect(rows.map(({ previous }) => previous)).toEqual(["0".repeat(64), rows[0]?.sha256, rows[1]?.sha256]);
  expect(verifyAudit(folder)).toEqual({ holds: true, lines: 3, torn: 0, head: rows[2]?.sha256, problem: null });
  expect(statSync(auditPath(folder)).mode & 0o777).toBe(0o600);
});

test("two writers at once make one chain", async () => {
  const [one, other] = [openAudit(folder, realClock), openAudit(folder, realClock)];
  await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).write(deed(n))));
  expect(verifyAudit(folder)).toMatchObject({ holds: true, lines: 20 });
});

test("a last line torn by a crash is no fault, and the next line names it", async () => {
  await write(2);
  truncateSync(auditPath(folder), statSync(auditPath(folder)).size - 25);
  expect(verifyAudit(folder)).toMatchObject({ holds: true, lines: 1, torn: 1 });
  await write(1);
  expect(verifyAudit(folder)).toMatchObject({ holds: true, lines: 2, torn: 1 });
  expect(lines()).toHaveLength(3);
});

test("what was changed, taken out, put in or moved is found", async () => {
  await write(4);
  const [a = "", b = "", c = "", d = ""] = lines();
  const broken: Record<string, readonly string[]> = {
    changed: [a, b.replace("scaleSwarm 1", "scaleSwarm 9"), c, d],
    "taken out": [a, c, d],
    "first taken out": [b, c, d],
    moved: [a, c, b, d],
    "put in": [a, b, b, c, d],
    "last changed": [a, b, c, d.replace("200", "403")],
    "no line": [a, b, "hello", c, d],
  };
  for (const [name, text] of Object.entries(broken)) {
    writeFileSync(auditPath(folder), `${text.join("\n")}\n`);
    expect([name, verifyAudit(folder).holds]).toEqual([name, false]);
  }
});

test("a key in a deed is written as redacted, and a long one is cut", async () => {
  const audit = openAudit(folder, realClock);
  await audit.write({ who: "e2b_0123456789abcdef", what: "x".repeat(1_000), outcome: "200" });
  const [row] = lines().map((line): Record<string, string> => JSON.parse(line));
  expect([row?.who, row?.what?.length]).toEqual(["[redacted]", 300]);
  appendFileSync(auditPath(folder), "");
  expect(verifyAudit(folder).holds).toBe(true);
});
