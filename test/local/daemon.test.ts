// The detached server: found again, one at a time, gone without a trace after stop and after kill -9.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sandbox } from "e2b/dist/index.mjs";
import { ensureLocalServer, localServerStatus, stopLocalServer, type EnsureOptions } from "../../src/local/daemon.ts";
import { localEnvironment } from "../../src/local/environment.ts";
import { identify, isAlive } from "../../src/host/process-identity.ts";
import {
  cgroupsOf,
  descendants,
  makeDaemonHome,
  noBwrap,
  noOrdinaryUser,
  outputOf,
  runFolders,
  type DaemonHome,
} from "./harness.ts";

describe.skipIf(noBwrap !== null)(`daemon (skipped when: ${noBwrap ?? "never"})`, () => {
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

  it("starts once however many ask, is found again, and stops with all its sandboxes", async () => {
    expect(localServerStatus(options)).toEqual({ running: false });
    const [first, second] = await Promise.all([ensureLocalServer(options), ensureLocalServer(options)]);
    expect(second).toEqual(first);
    expect(first.apiKey).toMatch(/^e2b_[0-9a-f]{40}$/);
    const { apiKey, faultsToken, authorityFile, ...shown } = first;
    expect([faultsToken, authorityFile]).toEqual([null, null]);
    expect(localServerStatus(options)).toEqual({ running: true, ...shown });
    expect(statSync(join(folder, "home/server.json")).mode & 0o777).toBe(0o600);
    // The key is in that file and in nobody's command line or environment.
    const pids = [first.pid, ...descendants(first.pid)];
    for (const pid of pids) {
      for (const file of ["cmdline", "environ"]) expect(readProc(pid, file)).not.toContain(apiKey);
    }
    const sandbox = await Sandbox.create("node", connection(first));
    expect((await sandbox.commands.run("echo through the daemon")).stdout).toBe("through the daemon\n");
    const [name = ""] = runFolders(join(folder, "tmp"));
    expect(name).toMatch(/^e2bs-/);
    expect(await stopLocalServer(options)).toEqual({ stopped: true });
    expect([first.pid, ...pids].filter((pid) => identify(pid) !== null)).toEqual([]);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
    expect(cgroupsOf(name)).toEqual([]);
    // Nothing stays but what it said.
    expect(readdirSync(join(folder, "home"))).toEqual(["server.log"]);
    expect(readFileSync(join(folder, "home/server.log"), "utf8")).not.toContain(apiKey);
    expect(await stopLocalServer(options)).toEqual({ stopped: false });
  });

  it("loses every sandbox with a kill -9, and its janitor removes processes, folders and cgroups", async () => {
    const server = await ensureLocalServer(options);
    const sandbox = await Sandbox.create("node", connection(server));
    await sandbox.commands.run("setsid nohup sleep 1000 >/dev/null 2>&1 & sleep 1000", { background: true });
    await expect.poll(() => descendants(server.pid).length, { timeout: 5_000 }).toBeGreaterThanOrEqual(5);
    const all = descendants(server.pid).flatMap((pid) => identify(pid) ?? []);
    const [name = ""] = runFolders(join(folder, "tmp"));
    expect(name).toMatch(/^e2bs-/);
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => all.filter((one) => isAlive(one)), { timeout: 20_000 }).toEqual([]);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
    expect(cgroupsOf(name)).toEqual([]);
    expect(await stopLocalServer(options)).toEqual({ stopped: false });
  });

  it("is swept by the next stop when its janitor was killed too", async () => {
    const server = await ensureLocalServer(options);
    await Sandbox.create("node", connection(server));
    const all = descendants(server.pid).flatMap((pid) => identify(pid) ?? []);
    const [name = ""] = runFolders(join(folder, "tmp"));
    for (const { pid } of all.filter((one) => readProc(one.pid, "cmdline").includes("janitor"))) process.kill(pid, 9);
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => identify(server.pid), { timeout: 5_000 }).toBe(null);
    expect(runFolders(join(folder, "tmp"))).toEqual([name]);
    expect(await stopLocalServer(options)).toEqual({ stopped: false });
    expect(all.filter((one) => isAlive(one))).toEqual([]);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
    expect(cgroupsOf(name)).toEqual([]);
  });

  it("finds a cell that died in the middle of its start by the run's name in its environment", async () => {
    const server = await ensureLocalServer(options);
    const [name = ""] = runFolders(join(folder, "tmp"));
    // What a bwrap whose monitor died before the handshake looks like: nobody's child, recorded nowhere.
    const stray = spawn("sleep", ["1000"], {
      detached: true,
      stdio: "ignore",
      env: { PATH: "/usr/bin:/bin", E2B_SWARM_RUN: name },
    });
    const other = spawn("sleep", ["1000"], {
      detached: true,
      stdio: "ignore",
      env: { PATH: "/usr/bin:/bin", E2B_SWARM_RUN: `${name}x` },
    });
    process.kill(server.pid, "SIGKILL");
    await expect.poll(() => identify(stray.pid ?? 0), { timeout: 20_000 }).toBe(null);
    expect(identify(other.pid ?? 0)).not.toBe(null);
    other.kill("SIGKILL");
  });

  it("starts over a killed predecessor and sweeps what it left", async () => {
    const first = await ensureLocalServer(options);
    const [old = ""] = runFolders(join(folder, "tmp"));
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => localServerStatus(options).running, { timeout: 5_000 }).toBe(false);
    const second = await ensureLocalServer(options);
    expect(second.pid).not.toBe(first.pid);
    expect(runFolders(join(folder, "tmp"))).not.toContain(old);
    expect(runFolders(join(folder, "tmp"))).toHaveLength(1);
  });

  it("ends by itself when nothing happens", async () => {
    const server = await ensureLocalServer({ ...options, idleSeconds: 0.5 });
    await expect.poll(() => identify(server.pid), { timeout: 10_000 }).toBe(null);
    expect(localServerStatus(options)).toEqual({ running: false });
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
  });

  it("drains on SIGTERM and ends with exit code 0", async () => {
    const home = join(folder, "home");
    const main = join(import.meta.dirname, "../../dist/src/local/main.js");
    const child = spawn(process.execPath, [main, JSON.stringify({ home })], { stdio: "ignore", env: options.env });
    await expect.poll(() => localServerStatus(options).running, { timeout: 30_000 }).toBe(true);
    const { url, apiKey } = await ensureLocalServer(options);
    const sandbox = await Sandbox.create("base", connection({ url, apiKey }));
    const handle = await sandbox.commands.run("sleep 1000", { background: true });
    const end = handle.wait().catch((error: Error) => error.name);
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.once("exit", (code, signal) => resolve([code, signal])))).toEqual([
      0,
      null,
    ]);
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
    expect(localServerStatus(options)).toEqual({ running: false });
    expect(await end).toMatch(/Error$/);
  });

  it("refuses to stand in for another isolation, a taken port and a home it may not write", async () => {
    const server = await ensureLocalServer(options);
    await expect(ensureLocalServer({ ...options, isolation: "none" })).rejects.toMatchObject({
      code: "local.version",
      message: `[local.version] Cannot use the local server (process ${server.pid}): it runs version 0.1.0 with isolation bwrap, but version 0.1.0 with isolation none is wanted`,
      hint: "Stop it first: e2b-swarm local stop",
    });
    await stopLocalServer(options);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", () => resolve()));
    const { port } = taken.address() as { port: number };
    await expect(ensureLocalServer({ ...options, port })).rejects.toMatchObject({
      code: "local.port",
      message: `[local.port] Cannot listen on 127.0.0.1:${port}: another program listens there`,
      hint: "Choose another port, or 0 for any free one",
    });
    taken.close();
    writeFileSync(join(folder, "file"), "");
    const blocked = { ...options, env: { ...options.env, E2B_SWARM_HOME: join(folder, "file/home") } };
    await expect(ensureLocalServer(blocked)).rejects.toMatchObject({ code: "state.unwritable" });
  });

  it("does not fall back when runsc is missing", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const name of ["bwrap", "sh", "true"]) symlinkSync(join("/usr/bin", name), join(bin, name));
    const bare = { ...options, env: { ...options.env, PATH: bin } };
    await expect(ensureLocalServer({ ...bare, isolation: "gvisor" })).rejects.toMatchObject({
      code: "local.isolation",
      message: "[local.isolation] Cannot use isolation gvisor: runsc is not installed",
      hint: "Run: sudo apt-get install -y runsc (or use isolation bwrap)",
    });
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
  });

  it("says what to type when bubblewrap is missing", async () => {
    const empty = join(folder, "bin");
    mkdirSync(empty);
    const bare = { ...options, env: { ...options.env, PATH: empty } };
    await expect(ensureLocalServer(bare)).rejects.toMatchObject({
      code: "local.isolation",
      message: "[local.isolation] Cannot isolate sandboxes: bubblewrap is not installed",
      hint: "Run: sudo apt-get install -y bubblewrap (or ask for isolation none, which certifies nothing)",
    });
    expect(runFolders(join(folder, "tmp"))).toEqual([]);
  });

  it.skipIf(noOrdinaryUser !== null)(
    `works for an ordinary user (skipped when: ${noOrdinaryUser ?? "never"})`,
    async () => {
      const uid = Number(execFileSync("id", ["-u", "tester"], { encoding: "utf8" }));
      for (const path of [folder, join(folder, "tmp")]) chownSync(path, uid, uid);
      const dist = join(import.meta.dirname, "../../dist/src/local/daemon.js");
      const script = join(folder, "ask.mjs");
      writeFileSync(
        script,
        `import * as daemon from ${JSON.stringify(dist)};\nconsole.log(JSON.stringify(await daemon[process.argv[2]]({ spares: 1 })));\n`,
      );
      chmodSync(script, 0o644);
      const env = {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: folder,
        TMPDIR: join(folder, "tmp"),
        E2B_SWARM_HOME: join(folder, "home"),
      };
      const ask = (call: string): unknown =>
        JSON.parse(execFileSync(process.execPath, [script, call], { uid, gid: uid, env, cwd: "/", encoding: "utf8" }));
      const server = ask("ensureLocalServer") as { url: string; apiKey: string; pid: number };
      try {
        const sandbox = await Sandbox.create("python", connection(server));
        expect(
          await outputOf(
            sandbox,
            "id -un; hostname; echo x > ~/f; cat ~/f; ls /work; python3 -c 'print(6*7)'; node -p 6*7",
          ),
        ).toMatchObject({
          code: 0,
          out: "user\ne2b.local\nx\n42\n42\n",
        });
        expect((await sandbox.commands.run("ps -eo args= | wc -l")).stdout.trim()).toBe("5");
        await outputOf(sandbox, "mkdir -p ~/closed/in; chmod 000 ~/closed");
        await expect(sandbox.commands.run("id", { user: "root" })).rejects.toThrow("one user id");
      } finally {
        expect(ask("stopLocalServer")).toEqual({ stopped: true });
      }
      expect(identify(server.pid)).toBe(null);
      expect(runFolders(join(folder, "tmp"))).toEqual([]);
    },
  );
});

describe("isolation none", () => {
  it("is said in every answer and ends what it started", async () => {
    const folder = mkdtempSync("/tmp/e2bt-");
    const { startLocal } = await import("./harness.ts");
    const local = await startLocal({ isolation: "none", spares: 0, runParent: folder });
    try {
      const response = await fetch(`${local.server.url}/v2/sandboxes`, {
        headers: { "x-api-key": local.server.apiKey },
      });
      expect(response.headers.get("x-e2b-local")).toBe(
        "target=local; isolation=none; ids=single; limits=none; network=host",
      );
      const sandbox = await Sandbox.create("node", local.options);
      await sandbox.files.write("/home/user/a/b.txt", "text");
      expect(await sandbox.files.getInfo("a/b.txt")).toMatchObject({ path: "/home/user/a/b.txt", owner: "user" });
      expect((await sandbox.commands.run("cat a/b.txt; node -p 2+2")).stdout).toBe("text4\n");
      await sandbox.commands.run("sleep 1000 & setsid sleep 1000", { background: true });
      const before = descendants(process.pid).flatMap((pid) =>
        readProc(pid, "cmdline").startsWith("sleep") ? (identify(pid) ?? []) : [],
      );
      await sandbox.kill();
      const left = (): unknown[] => before.filter((one) => identify(one.pid)?.startedAt === one.startedAt);
      await expect.poll(left, { timeout: 5_000 }).toEqual([]);
    } finally {
      await local.server.close();
    }
    expect(runFolders(folder)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  });
});

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
