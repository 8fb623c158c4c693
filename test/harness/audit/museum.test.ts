// Each exhibit of the museum is refused by the lint that its manifest names; the counter-example stays proven.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { auditReport, exitCodeOf, type Audit } from "../../../harness/audit/audit.ts";
import { lints } from "../../../harness/audit/lints/table.ts";

const folder = join(import.meta.dirname, "../../../fixtures/museum");
interface Exhibit {
  readonly file: string;
  readonly exhibit: string;
  readonly lint: string;
  readonly grade: string;
  readonly sha256: string;
}
const { files } = JSON.parse(readFileSync(join(folder, "MANIFEST.json"), "utf8")) as {
  readonly files: readonly Exhibit[];
};

function audit(text: string): Audit {
  const result = auditReport(text);
  if ("unfit" in result) throw new Error(result.unfit);
  return result;
}

describe("the museum", () => {
  test.each(files)("$file is $grade by $lint", ({ file, lint, grade, sha256 }) => {
    const text = readFileSync(join(folder, file), "utf8");
    expect(createHash("sha256").update(text).digest("hex")).toBe(sha256);
    const result = audit(text);
    const found = result.claims.filter((claim) => claim.lint === lint && claim.grade === grade);
    expect(found.map((claim) => claim.because)).not.toEqual([]);
    expect(result.claims.filter((claim) => claim.grade === "contradicted" && claim.lint !== lint)).toEqual([]);
    if (grade !== "proven") expect(exitCodeOf(result)).toBe(grade === "contradicted" ? 1 : 6);
  });

  test("its files and its manifest are the same, and S1 to S16 are all there", () => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".md"));
    expect(names.sort()).toEqual(files.map(({ file }) => file).sort());
    const exhibits = new Set([...files.map(({ exhibit }) => exhibit), "S15"]);
    expect(Array.from({ length: 16 }, (_, at) => `S${at + 1}`).filter((one) => !exhibits.has(one))).toEqual([]);
  });

  test("S15: a credential in clear is refused and never quoted", () => {
    const shape = ["e2b", "0".repeat(20)].join("_");
    const result = audit(`# Keys\n\nThe key ${shape} was used.\n`);
    expect(result.claims[0]).toMatchObject({ grade: "contradicted", lint: "secret-scan", line: 3 });
    expect(JSON.stringify(result)).not.toContain(shape);
  });

  test("every lint has an exhibit", () => {
    const shown = new Set([...files.map(({ lint }) => lint), "secret-scan"]);
    expect(lints.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  test("a finding names line, sentence and operands", () => {
    const result = audit(readFileSync(join(folder, "s12-mean-of-its-rows.md"), "utf8"));
    expect(result.claims[0]).toEqual({
      grade: "contradicted",
      lint: "recompute",
      line: 10,
      text: "0.93 s",
      sentence: "The average write time is 0.93 s.",
      because: "the mean of the 4 printed figures is 0.69 s",
      operands: ["0.31 s (line 5)", "1.72 s (line 6)", "0.28 s (line 7)", "0.45 s (line 8)"],
      also: [],
      wanted: "the figure that its operands give",
    });
  });
});
