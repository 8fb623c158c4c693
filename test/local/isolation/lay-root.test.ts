// The laid root equals the skeleton it was read from: kinds, modes, contents, links; and its files are its own.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { layRoot, readRootPlan } from "../../../src/local/isolation/lay-root.ts";

it("lays a root like its skeleton, with files of its own", () => {
  const folder = mkdtempSync("/tmp/e2bt-");
  try {
    const skeleton = join(folder, "skeleton");
    for (const name of ["", "tmp", "etc", "etc/closed"]) mkdirSync(join(skeleton, name));
    chmodSync(join(skeleton, "tmp"), 0o1777);
    chmodSync(join(skeleton, "etc/closed"), 0o700);
    writeFileSync(join(skeleton, "etc/open"), "all may write\n");
    chmodSync(join(skeleton, "etc/open"), 0o666);
    symlinkSync("usr/bin", join(skeleton, "bin"));
    const plan = readRootPlan(skeleton);
    const root = join(folder, "root");
    layRoot(plan, root, false);
    const modes = ["tmp", "etc", "etc/closed", "etc/open"].map((name) => lstatSync(join(root, name)).mode & 0o7777);
    expect(modes).toEqual([0o1777, 0o755, 0o700, 0o666]);
    expect(readlinkSync(join(root, "bin"))).toBe("usr/bin");
    expect(readFileSync(join(root, "etc/open"), "utf8")).toBe("all may write\n");
    writeFileSync(join(root, "etc/open"), "changed");
    expect(readFileSync(join(skeleton, "etc/open"), "utf8")).toBe("all may write\n");
    // Never into a folder that is there already: it may be somebody's.
    expect(() => layRoot(plan, root, false)).toThrow("EEXIST");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
