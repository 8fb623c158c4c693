// A server ended by kill -9 in its least convenient moments: gVisor's kernels running, a wire out of a sandbox laid, a
// sandbox standing still. Its janitor leaves nothing of it.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sandbox } from "e2b/dist/index.mjs";
import { identify, isAlive } from "../../src/host/process-identity.ts";
import { ensureLocalServer, type EnsureOptions } from "../../src/local/daemon.ts";
import { localEnvironment } from "../../src/local/environment.ts";
import { cgroupsOf, descendants, makeDaemonHome, noBwrap, runFolders, type DaemonHome } from "./harness.ts";

const lacks = (program: string): string | null =>
  noBwrap ?? (spawnSync(program, ["--version"]).status === 0 ? null : `${program} is not installed`);
const noRunsc = lacks("runsc");
const noWire = lacks("slirp4netns") ?? lacks("nft");

describe("kill -9 of the server leaves nothing", () => {
  let home: DaemonHome;
  let folder: string;
  let options: EnsureOptions;
  beforeEach(() => {
    home = makeDaemonHome();
    ({ folder, options } = home);
  });
  afterEach(async () => home.remove());

  /** `shows`: a command line that one of the server's processes has by then. */
  const killed = async (
    isolation: "bwrap" | "gvisor",
    shows: string,
    prepare: (sandbox: Sandbox) => Promise<unknown>,
    network?: { allowOut: string[]; denyOut: string[] },
  ): Promise<void> => {
    const server = await ensureLocalServer({ ...options, isolation });
    const env = localEnvironment(server);
    const to = { apiUrl: env.E2B_API_URL, sandboxUrl: env.E2B_SANDBOX_URL, apiKey: env.E2B_API_KEY };
    const sandbox = await Sandbox.create("base", { ...to, ...(network === undefined ? {} : { network }) });
    await sandbox.commands.run("setsid nohup sleep 1000 >/dev/null 2>&1 & sleep 1000", { background: true });
    await prepare(sandbox);
    const pids = descendants(server.pid);
    expect(pids.map(commandLine).join("\n")).toContain(shows);
    const all = [server.pid, ...pids].flatMap((pid) => identify(pid) ?? []);
    const [name = ""] = runFolders(join(folder, "tmp"));
    expect(name).toMatch(/^e2bs-/);
    process.kill(server.pid, "SIGKILL");
    const left = (): string[] => all.filter((one) => isAlive(one)).map(({ pid }) => `${pid} ${commandLine(pid)}`);
    await expect.poll(left, { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => runFolders(join(folder, "tmp")), { timeout: 30_000 }).toEqual([]);
    expect(cgroupsOf(name)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(name);
    const naming = execFileSync("ps", ["-eo", "pid=,args=", "-ww"], { encoding: "utf8" }).split("\n");
    expect(naming.filter((line) => line.includes(name))).toEqual([]);
  };

  it.skipIf(noRunsc !== null)(`with cells in gVisor (skipped when: ${noRunsc ?? "never"})`, async () => {
    await killed("gvisor", "runsc", async () => undefined);
  });

  it.skipIf(noWire !== null)(`with slirp4netns running (skipped when: ${noWire ?? "never"})`, async () => {
    await killed("bwrap", "slirp4netns", async () => undefined, { allowOut: ["203.0.113.7"], denyOut: ["0.0.0.0/0"] });
  });

  it.skipIf(noBwrap !== null)(`with a paused sandbox (skipped when: ${noBwrap ?? "never"})`, async () => {
    await killed("bwrap", "sleep 1000", async (sandbox) => sandbox.pause());
  });

  it.skipIf(noRunsc !== null)(`with a paused sandbox in gVisor (skipped when: ${noRunsc ?? "never"})`, async () => {
    await killed("gvisor", "runsc", async (sandbox) => sandbox.pause());
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
