import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox, Template, waitForFile, type LogEntry } from "e2b/dist/index.mjs";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";

describe.skipIf(noBwrap !== null)(`template builds (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let context: string;
  let isMulti: boolean;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    isMulti = local.server.label.ids === "multi";
    context = mkdtempSync(join(tmpdir(), "build-context-"));
    mkdirSync(join(context, "folder/deep"), { recursive: true });
    writeFileSync(join(context, "folder/test.txt"), "This is a test file.");
    writeFileSync(join(context, "folder/deep/run.sh"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    writeFileSync(join(context, "single.txt"), "alone");
    symlinkSync("test.txt", join(context, "folder/link.txt"));
    symlinkSync("nowhere", join(context, "folder/dangling"));
  });
  afterAll(async () => {
    rmSync(context, { recursive: true, force: true });
    await local?.server.close();
  });

  const build = async (
    template: Parameters<typeof Template.build>[0],
    name: string,
    more: object = {},
  ): Promise<{ info: Awaited<ReturnType<typeof Template.build>>; log: string[] }> => {
    const log: string[] = [];
    const onBuildLogs = (entry: LogEntry): void => void log.push(`${entry.level} ${entry.message}`);
    const info = await Template.build(template, name, { ...local.options, onBuildLogs, ...more });
    return { info, log };
  };

  it("runs every step for real and hands the result to each sandbox created from it", async () => {
    const template = Template({ fileContextPath: context })
      .fromBaseImage()
      .setEnvs({ GREETING: "hello world", TWICE: "$HOME and $GREETING", QUOTED: 'a "b" `c` $(d) \\e' })
      .setEnvs({ NEXT: "<$GREETING>\n\nthird" })
      .copy("folder/*", "data/folder")
      .copy("single.txt", "data/", { mode: 0o640 })
      .runCmd("cat data/folder/link.txt > copied.txt && id -un >> copied.txt")
      .setWorkdir("work/inner")
      .runCmd(["pwd > where.txt", "echo $NEXT >> where.txt"]);
    const { info, log } = await build(template, "every-step");
    const sandbox = await Sandbox.create("every-step", local.options);
    expect(await outputOf(sandbox, "cat /home/user/copied.txt; cat where.txt; pwd")).toEqual({
      code: 0,
      out: "This is a test file.user\n/work/inner\n<hello world> third\n/work/inner\n",
      err: "",
    });
    expect((await outputOf(sandbox, 'printf "%s|" "$TWICE" "$QUOTED" "$NEXT"')).out).toBe(
      `${isMulti ? "/root" : "/home/user"} and hello world|a "b" \`c\` $(d) \\e|<hello world>\n\nthird|`,
    );
    expect((await outputOf(sandbox, "cd /home/user/data && stat -c '%n %U %a' . folder single.txt folder/deep/run.sh && folder/deep/run.sh")).out).toBe(
      ". user 755\nfolder user 755\nsingle.txt user 640\nfolder/deep/run.sh user 755\nran\n",
    );
    expect(await sandbox.getInfo()).toMatchObject({ templateId: info.templateId, name: "every-step" });
    expect(log.join("\n")).toMatch(/warn Stands on this machine's own \/usr \(.*\), not on image e2bdev\/base/);
    await sandbox.kill();
  });

  it("fails with the failing step, its output, and the caller's line", async () => {
    const failing = Template()
      .fromImage("ubuntu:22.04")
      .runCmd("echo fine")
      .runCmd("echo about-to-fail; echo reason >&2; exit 3");
    const error = await build(failing, "failing").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "BuildError",
      message: "failed to run command 'echo about-to-fail; echo reason >&2; exit 3': exit status 3",
    });
    expect((error as Error).stack).toContain("build.test.ts");
    await expect(Sandbox.create("failing", local.options)).rejects.toThrow("404: template 'failing' not found");
  });

  it("starts the start command in each sandbox, once its ready command says so", async () => {
    const template = Template()
      .fromBaseImage()
      .setEnvs({ WORD: "up" })
      .setStartCmd("sleep 0.3; echo $WORD > ready.txt; sleep 1000", waitForFile("/home/user/ready.txt"));
    await build(template, "starting");
    const sandbox = await Sandbox.create("starting", { ...local.options, envs: { WORD: "mine" } });
    expect((await outputOf(sandbox, "cat ready.txt")).out).toBe("mine\n");
    expect((await sandbox.commands.list()).map((process) => process.args.at(-1))).toEqual([
      "sleep 0.3; echo $WORD > ready.txt; sleep 1000",
    ]);
    await sandbox.kill();
  });
});
