// The record of the detached server, and starts and stops that cross: one server, found or gone, whoever is killed when.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sandbox } from "e2b/dist/index.mjs";
import { realClock } from "../../src/host/clock.ts";
import { tryLock } from "../../src/host/file-lock.ts";
import { ensureLocalServer, localServerStatus, stopLocalServer, type EnsureOptions } from "../../src/local/daemon.ts";
import { localEnvironment } from "../../src/local/environment.ts";
import { identify } from "../../src/host/process-identity.ts";
import { descendants, makeDaemonHome, noBwrap, runFolders, type DaemonHome } from "./harness.ts";

describe.skipIf(noBwrap !== null)(`daemon's record (skipped when: ${noBwrap ?? "never"})`, () => {
  let home: DaemonHome;
  let folder: string;
  let options: EnsureOptions;
  beforeEach(() => {
    home = makeDaemonHome();
    ({ folder, options } = home);
  });
  afterEach(async () => home.remove());
  const connection = (server: {
    url: string;
    apiKey: string;
  }): { apiUrl: string; sandboxUrl: string; apiKey: string } => {
    const env = localEnvironment(server);
    return { apiUrl: env.E2B_API_URL, sandboxUrl: env.E2B_SANDBOX_URL, apiKey: env.E2B_API_KEY };
  };

  it("writes its record again when that is lost, and is found", async () => {
    const server = await ensureLocalServer(options);
    for (const text of ["{}", "", '{"url":']) {
      writeFileSync(join(folder, "home/server.json"), text);
      expect(await ensureLocalServer(options)).toEqual(server);
    }
    expect(runFolders(join(folder, "tmp"))).toHaveLength(1);
  });

  it("ends when its folder is taken away, and a new server takes its place", async () => {
    const server = await ensureLocalServer(options);
    rmSync(join(folder, "home"), { recursive: true });
    await expect.poll(() => identify(server.pid), { timeout: 15_000 }).toBe(null);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
    expect((await ensureLocalServer(options)).pid).not.toBe(server.pid);
  });

  it("refuses a folder that another program holds without a record", async () => {
    mkdirSync(join(folder, "home"));
    const held = tryLock(join(folder, "home/server.lock"));
    // Time runs fast for whoever waits: the wait itself is not what is tested.
    const clock = { ...realClock, monotonicNs: () => realClock.monotonicNs() * 50n };
    const refused = await ensureLocalServer({ ...options, clock }).catch((error: unknown) => error);
    // Or the clean-up of this test would stop the program that holds it: this one.
    if ("release" in held) held.release();
    expect(refused).toMatchObject({
      code: "local.version",
      message: `[local.version] Cannot start a local server: process ${process.pid} already serves this folder, but has no record that can be read`,
      hint: "Stop it first: e2b-swarm local stop",
    });
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
  });

  it("starts one after the other when a start meets a stop, however they overlap", async () => {
    const first = await ensureLocalServer(options);
    const [stopped, second] = await Promise.all([
      stopLocalServer(options),
      realClock.sleep(20).then(async () => ensureLocalServer(options)),
    ]);
    expect(stopped).toEqual({ stopped: true });
    expect(second.pid).not.toBe(first.pid);
    expect(localServerStatus(options)).toMatchObject({ running: true, pid: second.pid });
    expect(await Promise.all([stopLocalServer(options), stopLocalServer(options)])).toContainEqual({ stopped: true });
    const starting = ensureLocalServer(options);
    await realClock.sleep(20);
    // The stop waits for the start it meets, and then ends what that started.
    expect(await stopLocalServer(options)).toEqual({ stopped: true });
    expect(identify((await starting).pid)).toBe(null);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
  });

  it("leaves no server behind when its starter is killed, whenever that is", async () => {
    const script = join(folder, "start.mjs");
    const dist = join(import.meta.dirname, "../../dist/src/local/daemon.js");
    writeFileSync(
      script,
      `import { ensureLocalServer } from ${JSON.stringify(dist)};\nawait ensureLocalServer({ spares: 0 });\n`,
    );
    for (const ms of [150, 300, 500]) {
      const starter = spawn(process.execPath, [script], { env: options.env, stdio: "ignore" });
      await realClock.sleep(ms);
      starter.kill("SIGKILL");
      await new Promise((resolve) => starter.once("exit", resolve));
      await stopLocalServer(options);
      // What had not taken its lock yet ends by itself, because nobody waits for it any more.
      await expect.poll(() => processesNaming(join(folder, "home")), { timeout: 10_000 }).toEqual([]);
      expect(localServerStatus(options)).toEqual({ running: false });
      // A process that is being torn down names nothing any more and still lives for a moment; and its janitor may be sweeping
      // beside us.
      const left = async (): Promise<readonly string[]> => {
        await stopLocalServer(options);
        return runFolders(join(folder, "tmp"));
      };
      await expect.poll(left, { timeout: 5_000 }).toEqual([]);
    }
  });

  it("says which sandboxes went with a predecessor that was killed", async () => {
    const first = await ensureLocalServer(options);
    const { sandboxId } = await Sandbox.create("base", connection(first));
    await expect.poll(() => readFileSync(join(folder, "home/sandboxes.journal"), "utf8")).toBe(`+${sandboxId}\n`);
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => localServerStatus(options).running).toBe(false);
    await ensureLocalServer(options);
    expect(JSON.parse(readFileSync(join(folder, "home/server.json"), "utf8"))).toMatchObject({ lost: [sandboxId] });
    await stopLocalServer(options);
    await ensureLocalServer(options);
    expect(JSON.parse(readFileSync(join(folder, "home/server.json"), "utf8"))).toMatchObject({ lost: [] });
  });

  it("has the fault plane and the plan it was asked for, and stands in for no other", async () => {
    const server = await ensureLocalServer({ ...options, faults: true, profile: "hobby" });
    expect(server.faultsToken).toMatch(/^e2b_admin[0-9a-f]{40}$/);
    for (const pid of [server.pid, ...descendants(server.pid)])
      for (const file of ["cmdline", "environ"]) expect(readProc(pid, file)).not.toContain(server.faultsToken);
    expect(await ensureLocalServer(options)).toEqual(server);
    await expect(ensureLocalServer({ ...options, profile: "pro" })).rejects.toMatchObject({
      code: "local.version",
      message: `[local.version] Cannot use the local server (process ${server.pid}): profile is hobby there, but pro is wanted`,
      hint: "Stop it first: e2b-swarm local stop",
    });
    await stopLocalServer(options);
    const plain = await ensureLocalServer({ ...options, env: { ...options.env, E2B_SWARM_FAULTS: "on" } });
    expect(plain.faultsToken).not.toBe(null);
    await stopLocalServer(options);
    const odd = { ...options, env: { ...options.env, E2B_SWARM_FAULTS: "maybe" } };
    await expect(ensureLocalServer(odd)).rejects.toMatchObject({ code: "usage.invalid" });
  });
});

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function processesNaming(path: string): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && readProc(Number(name), "cmdline").includes(path));
}
