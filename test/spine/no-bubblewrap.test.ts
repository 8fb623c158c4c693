// A machine without bubblewrap: every command that needs a sandbox says what to install, a validation stays incomplete, and
// `--isolation none` is used only when it was asked for.
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { dataOf, makePlace } from "./machine.ts";

describe("without bubblewrap", () => {
  const place = makePlace();
  const bin = join(place.folder, "../bin");
  mkdirSync(bin);
  for (const folder of ["/usr/bin", "/bin"]) {
    for (const name of readdirSync(folder)) {
      if (name !== "bwrap" && !readdirSync(bin).includes(name)) symlinkSync(join(folder, name), join(bin, name));
    }
  }
  const env = { PATH: bin };
  afterAll(() => place.remove());

  test.each([["create"], ["local start"], ["deploy --agent momentum"], ["execute --strategy reference"], ["health"]])(
    "%s says what to install",
    async (words) => {
      const ended = await place.cli(words.split(" "), { env });
      expect(ended.code).toBe(1);
      expect(`${ended.stdout}${ended.stderr}`).toContain("bubblewrap is not installed");
      expect(`${ended.stdout}${ended.stderr}`).toContain("apt-get install -y bubblewrap");
      expect(place.left()).toEqual([]);
    },
  );

  test("validate is incomplete and says what was left out", async () => {
    const ended = await place.cli(["validate", "--no-bench", "--layers", "production", "--json"], {
      // A tree whose commit is unknown, as in an installed package: both readings must treat it alike.
      env: { ...env, GIT_DIR: "/nowhere" },
    });
    expect([ended.code, dataOf(ended).verdict]).toEqual([6, "INCOMPLETE"]);
    expect(ended.stderr).toContain("left out: everything in a sandbox.");
    const report = readFileSync(join(place.folder, "reports/latest/report.md"), "utf8");
    expect(report).toContain("production.isolation: \\[local.isolation\\] Cannot isolate sandboxes");
    expect(report).toMatch(/`c-local\.production-isolation` \| NOT_RUN/);
    expect(await place.cli(["verify", "reports/latest"], { env })).toMatchObject({ code: 6 });
    expect(place.left()).toEqual([]);
  });

  test("isolation none on request works, with a warning", async () => {
    const ended = await place.cli(["--isolation", "none", "create"], { env });
    expect([ended.code, ended.stderr.includes("warning: isolation none")]).toEqual([0, true]);
    const words = ["--isolation", "none", "deploy", "--agent", "momentum", "--symbols", "AAPL"];
    expect(await place.cli(words, { env })).toMatchObject({ code: 0 });
    expect(await place.cli(["local", "stop"], { env })).toMatchObject({ code: 0 });
    expect(place.left()).toEqual([]);
  });
});
