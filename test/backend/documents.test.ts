import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listDocuments, readDocument } from "../../src/backend/documents.ts";

let folder = "";
const reports = (...parts: string[]): string => join(folder, "reports", ...parts);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "e2b-swarm-documents-"));
  mkdirSync(reports("run_1"), { recursive: true });
  writeFileSync(reports("run_1", "report.md"), "# One");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("lists the runs that have a report, whatever else lies beside them", () => {
  writeFileSync(reports("bench-local.json"), "{}");
  mkdirSync(reports("run_without"));
  mkdirSync(reports("run_odd", "report.md"), { recursive: true });
  symlinkSync("bench-local.json", reports("link-to-a-file"));
  symlinkSync("nowhere", reports("link-to-nothing"));
  symlinkSync("circle", reports("circle"));
  symlinkSync("run_1", reports("latest"));
  expect([...listDocuments("reports", folder)].sort()).toEqual(["latest", "run_1"]);
  expect(listDocuments("runs", folder)).toEqual([]);
  expect(readDocument("reports", "latest", folder)).toEqual({ mimeType: "text/markdown", text: "# One" });
  expect(readDocument("reports", "bench-local.json", folder)).toBeNull();
});

it("a folder without reports has none", () => {
  rmSync(reports(), { recursive: true });
  expect(listDocuments("reports", folder)).toEqual([]);
});
