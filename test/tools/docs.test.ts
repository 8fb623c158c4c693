// The generated pages that are checked in are those the build of today makes; a page that says something else is found.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-docs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function docs(...words: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "tools/docs.mjs"), ...words], {
    encoding: "utf8",
  });
  return { status, stdout };
}

test("docs/faults.md, docs/mcp.md, docs/cli.md and docs/audit.md are as generated", () => {
  expect(docs("--check")).toEqual({ status: 0, stdout: "" });
});

test.each(["docs/mcp.md", "docs/cli.md", "docs/audit.md"])("%s that was edited by hand is named", (page) => {
  expect(docs("--into", scratch)).toEqual({ status: 0, stdout: "" });
  appendFileSync(join(scratch, page), "and one more\n");
  expect(docs("--check", "--into", scratch)).toEqual({
    status: 1,
    stdout: `${page} is stale: run node tools/docs.mjs\n`,
  });
});
