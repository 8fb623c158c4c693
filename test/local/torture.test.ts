// A short torture, and proof that it can fail: what is planted as left behind is found.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noBwrap } from "./harness.ts";

const program = join(import.meta.dirname, "../../tools/torture.mjs");

function torture(args: readonly string[]): { code: number; out: string } {
  try {
    const out = execFileSync(process.execPath, [program, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return { code: 0, out };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { code: status, out: stdout };
  }
}

describe.skipIf(noBwrap !== null)(`kill -9 (skipped when: ${noBwrap ?? "never"})`, () => {
  it("leaves nothing behind in twenty lives", { timeout: 400_000 }, () => {
    const { code, out } = torture(["--runs", "20", "--seed", "5"]);
    expect(out).toMatch(/torture: 20 runs, seed 5, \d+ s: nothing left behind\n$/);
    expect(code).toBe(0);
  });

  it.each([
    ["process", /left behind: process \d+ sleep: sleep 100/],
    ["folder", /left behind: folder e2bs-planted/],
    ["state", /left behind: unreadable planted.json/],
  ])("finds a planted %s", { timeout: 200_000 }, (kind, finding) => {
    const { code, out } = torture(["--runs", "1", "--seed", "3", "--plant", kind]);
    expect(out).toMatch(finding);
    expect(code).toBe(1);
  });
});
