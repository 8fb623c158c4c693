// sudo inside: really another user, the caller's streams, folder, exit code and signals; and a plain no where there is none.
import { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSudo } from "../../src/local/envd/sudo/options.ts";
import { noBwrap, outputOf, startLocal, type Local } from "./harness.ts";

describe.skipIf(noBwrap !== null)(`sudo (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    sandbox = await Sandbox.create("base", local.options);
  });
  afterAll(async () => local?.server.close());
  const multi = (): boolean => local.server.label.ids === "multi";

  it("says no where the sandbox has one id", async () => {
    if (multi()) return;
    expect(await outputOf(sandbox, "sudo id")).toEqual({
      code: 1,
      out: "",
      err: "sudo: this sandbox has one user id, there is no root to become\n",
    });
  });

  it("runs as root on the caller's streams, in its folder, with its exit code", async () => {
    if (!multi()) return;
    expect((await outputOf(sandbox, "id -un; sudo id -un; sudo -u nobody id -un")).out).toBe("user\nroot\nnobody\n");
    expect(
      await outputOf(sandbox, "cd /tmp; echo in | sudo -n cat; sudo pwd; sudo sh -c 'echo e >&2; exit 7'"),
    ).toEqual({
      code: 7,
      out: "in\n/tmp\n",
      err: "e\n",
    });
    expect((await outputOf(sandbox, "sudo touch /root/made && sudo ls /root; ls /root")).out).toBe("made\n");
    expect((await outputOf(sandbox, "sudo sh -c 'kill -TERM $$'; echo $?")).out).toBe("143\n");
  });

  it("cleans the environment unless told otherwise", async () => {
    if (!multi()) return;
    expect(
      (await outputOf(sandbox, "export A=1; sudo printenv A HOME; sudo -E printenv A; sudo B=2 printenv B")).out,
    ).toBe("/root\n1\n2\n");
    expect((await outputOf(sandbox, "sudo -i pwd")).out).toBe("/root\n");
  });

  it("takes the command along when its caller is killed", async () => {
    if (!multi()) return;
    const left = "sudo sleep 300 & sleep 1; kill -9 $!; sleep 1; pgrep -x sleep -a | grep -c 300";
    expect((await outputOf(sandbox, left)).out).toBe("0\n");
  });
});

describe("its command line", () => {
  it("is understood, or refused by name", () => {
    expect(parseSudo(["-nE", "-u", "bob", "X=1", "ls", "-E"])).toEqual({
      user: "bob",
      command: ["ls", "-E"],
      variables: ["X=1"],
      keepEnvironment: true,
      shell: "none",
      nothing: false,
    });
    expect(parseSudo(["--", "-x"])).toMatchObject({ command: ["-x"] });
    expect(parseSudo(["-b", "ls"])).toBe("option -b is not supported by this local sandbox");
    expect(parseSudo([])).toBe("usage: sudo [-EHins] [-u user] [VAR=value] command");
  });
});
