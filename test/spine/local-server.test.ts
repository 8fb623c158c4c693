// The commands of the local server as a person types them, in one story: start, look, use, read, follow, stop.
import { afterAll, describe, expect, test } from "vitest";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { noBwrap } from "../local/harness.ts";
import { dataOf, makePlace, root } from "./machine.ts";

describe.skipIf(noBwrap !== null)("local start, status, env, logs, stop", () => {
  const place = makePlace();
  afterAll(async () => place.remove());

  test("says nothing runs, starts with settings, keeps to them, and stops", async () => {
    expect(dataOf(await place.cli(["local", "status", "--json"]))).toEqual({ running: false });
    const started = await place.cli([
      "local",
      "start",
      "--json",
      "--spares",
      "1",
      "--max-sandboxes",
      "2",
      "--idle",
      "10m",
      "--faults",
      "--profile",
      "pro",
    ]);
    expect(dataOf(started)).toMatchObject({ running: true, isolation: "bwrap", faults: true });
    const again = await place.cli(["local", "start", "--spares", "2"]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("spares is 1 there, but 2 is wanted")]);
    const plan = await place.cli(["local", "start", "--profile", "hobby"]);
    expect([plan.code, plan.stderr]).toEqual([1, expect.stringContaining("profile is pro there, but hobby is wanted")]);
    expect(await place.cli(["local", "start", "--port", "1"])).toMatchObject({ code: 1 });
    expect(await place.cli(["local", "start"])).toMatchObject({ code: 0 });
  });

  test("status tells what runs, and what it costs", async () => {
    expect(await place.cli(["create"])).toMatchObject({ code: 0 });
    const status = dataOf(await place.cli(["local", "status", "--json"]));
    expect(status).toMatchObject({
      running: true,
      answers: true,
      sandboxes: 1,
      max_sandboxes: 2,
      profile: "pro",
      faults: true,
      idle_seconds: 600,
      lost_sandboxes: [],
      label: expect.stringMatching(/^target=local; isolation=bwrap; /),
    });
    for (const name of ["server_memory_mb", "sandboxes_memory_mb", "uptime_seconds"])
      expect(status[name]).toBeGreaterThan(0);
    expect((await place.cli(["local", "status"])).stdout).toMatch(/^sandboxes\s+1$/m);
  });

  test("env leads the example of faults, which asserts its own story", async () => {
    const printed = await place.cli(["local", "env", "--shell", "json"]);
    const env = JSON.parse(printed.stdout);
    expect(Object.keys(env).sort()).toEqual([
      "E2B_API_KEY",
      "E2B_API_URL",
      "E2B_SANDBOX_URL",
      "E2B_SWARM_FAULTS_TOKEN",
      "E2B_SWARM_FAULTS_URL",
      "E2B_VOLUME_API_URL",
    ]);
    const ran = spawnSync(process.execPath, [join(root, "examples/faults-local.mjs")], {
      env: { ...place.env, ...env },
      encoding: "utf8",
    });
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
  });

  test("logs follow until the server ends, outlive it, and hold no key", async () => {
    const env = JSON.parse((await place.cli(["local", "env", "--shell", "json"])).stdout);
    const following = place.start(["local", "logs", "--follow"]);
    let heard = "";
    following.child.stdout?.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
    await expect.poll(() => heard, { timeout: 20_000 }).toContain('"message":"listening"');
    expect(await place.cli(["local", "stop"])).toMatchObject({ code: 0 });
    expect(await following.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"message":"stopping"') });
    const after = await place.cli(["local", "logs", "--lines", "1"]);
    expect(JSON.parse(after.stdout)).toMatchObject({ level: "info", message: "stopped", reason: "SIGTERM" });
    const all = await place.cli(["local", "logs", "--json"]);
    for (const secret of [env.E2B_API_KEY, env.E2B_SWARM_FAULTS_TOKEN]) expect(all.stdout).not.toContain(secret);
    expect(dataOf(await place.cli(["local", "status", "--json"]))).toEqual({ running: false });
    expect(existsSync(join(place.home, "server.json"))).toBe(false);
    expect(place.left()).toEqual([]);
  });

  test("a follower that is interrupted ends with 130", async () => {
    await place.cli(["local", "start", "--spares", "0"]);
    const following = place.start(["local", "logs", "--follow"]);
    const heard = new Promise((resolve) => following.child.stdout?.once("data", resolve));
    await heard;
    following.child.kill("SIGINT");
    expect((await following.ended).code).toBe(130);
    expect(dataOf(await place.cli(["local", "stop", "--json"]))).toEqual({ stopped: true });
  });
});
