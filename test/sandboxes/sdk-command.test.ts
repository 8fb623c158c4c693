import { afterAll, beforeAll, expect, it } from "vitest";
import { connectionTo } from "../../src/sandboxes/connection.ts";
import { forgetOutput, placeOf } from "../../src/sandboxes/sdk-command.ts";
import { loadSdk } from "../../src/sandboxes/sdk.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

let local: LocalTarget;
beforeAll(async () => void (local = await localTarget()));
afterAll(() => local.close());

it("empties what this version of the SDK would keep of a command's output", async () => {
  const { Sandbox } = await loadSdk(connectionTo(local.target).options);
  const sandbox = await Sandbox.create("base");
  const handle = await sandbox.commands.run("echo out; echo err >&2; sleep 0.3", { background: true });
  const result = await handle.wait();
  expect([handle.stdout, handle.stderr, result.stdout]).toEqual(["out\n", "err\n", "out\n"]);
  forgetOutput(handle);
  expect([handle.stdout, handle.stderr]).toEqual(["", ""]);
  await sandbox.kill();
});

it("passes on only what was given", () => {
  expect(placeOf({})).toEqual({});
  expect(placeOf({ cwd: "/tmp", envVars: { A: "1" } })).toEqual({ cwd: "/tmp", envs: { A: "1" } });
});
