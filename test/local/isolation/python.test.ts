// `python` in a sandbox on a host that has only python3: one link, first on the path, for login shells and root alike.
import { existsSync } from "node:fs";
import { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonTarget } from "../../../src/local/isolation/skeleton.ts";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";

describe("which program the link names", () => {
  const among =
    (...paths: string[]) =>
    (path: string): boolean =>
      paths.includes(path);

  test("python3 where there is no python", () => {
    expect(pythonTarget(among("/usr/bin/python3"))).toBe("/usr/bin/python3");
    expect(pythonTarget(among("/usr/bin/python3", "/usr/local/bin/python3"))).toBe("/usr/local/bin/python3");
  });

  test("none where the host has a python, or no python3 at all", () => {
    expect(pythonTarget(among("/usr/bin/python3", "/usr/bin/python"))).toBe(null);
    expect(pythonTarget(among())).toBe(null);
  });
});

const noPython = existsSync("/usr/bin/python3") ? null : "this machine has no /usr/bin/python3";

const missing = noPython ?? noBwrap;
const title = `python in a sandbox${missing === null ? "" : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== null)(title, () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal();
  });
  afterAll(async () => local.server.close());

  test("starts for the user, in a login shell and as root", async () => {
    const sandbox = await Sandbox.create("base", local.options);
    const program = `-c 'import sys; print(sys.version_info[0], sys.prefix)'`;
    const wanted = await outputOf(sandbox, `python3 ${program}`);
    expect(wanted.code).toBe(0);
    // With one id there is no sudo, and it says so.
    const asRoot = process.getuid?.() === 0 ? [`sudo python ${program}`] : [];
    for (const command of [`python ${program}`, `bash -lc "python ${program}"`, ...asRoot])
      expect(await outputOf(sandbox, command)).toEqual(wanted);
    await sandbox.kill();
  });
});
