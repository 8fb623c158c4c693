// Each attempt to get out is paired with what must work, so that a broken sandbox can not pass by doing nothing.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "e2b/dist/index.mjs";
import { cgroupsOf, descendants, noBwrap, only, outputOf, runFolders, startLocal, type Local } from "./harness.ts";

const isRoot = process.getuid?.() === 0;

describe.skipIf(noBwrap !== null)(`isolation (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let one: Sandbox;
  let two: Sandbox;
  let parent: string;
  beforeAll(async () => {
    parent = mkdtempSync("/tmp/e2bt-");
    execFileSync("chmod", ["711", parent]);
    local = await startLocal({ spares: 0, runParent: parent });
    [one, two] = await Promise.all([Sandbox.create("node", local.options), Sandbox.create("node", local.options)]);
  });
  afterAll(async () => {
    await local?.server.close();
    rmSync(parent, { recursive: true, force: true });
  });

  it("is called e2b.local and runs as `user`", async () => {
    expect((await one.commands.run("hostname; id -un; id -u; echo ~")).stdout).toBe(
      "e2b.local\nuser\n1000\n/home/user\n",
    );
  });

  it("shows its own files and none of the host", async () => {
    const secret = join(parent, "host-secret");
    writeFileSync(secret, "of the host");
    await one.files.write("/tmp/own", "mine");
    expect(await outputOf(one, "cat /tmp/own")).toMatchObject({ code: 0, out: "mine" });
    expect((await outputOf(one, `cat ${secret}`)).code).not.toBe(0);
    await expect(one.files.read(secret)).rejects.toThrow("does not exist");
    for (const path of ["/work", "/boot", "/sys/kernel", `/proc/1/root${secret}`]) {
      expect((await outputOf(one, `ls ${path}`)).code, path).not.toBe(0);
    }
    expect((await outputOf(one, "ls -A /home /root /tmp 2>/dev/null")).out).toBe(
      // With one id the sandbox's user owns /root too; it is an empty folder of the sandbox.
      isRoot ? "/home:\nuser\n\n/tmp:\nown\n" : "/home:\nuser\n\n/root:\n\n/tmp:\nown\n",
    );
    expect((await outputOf(one, "cat /etc/passwd")).out).toMatch(/^root:.*\nuser:.*\nnobody:.*\n$/);
    expect((await outputOf(one, "cat /etc/shadow; ls /etc/ssl/private")).out).toBe("");
  });

  it("can not change what the host lends it", async () => {
    expect((await outputOf(one, "echo ok > /home/user/f && cat /home/user/f")).out).toBe("ok\n");
    for (const path of [
      "/usr/bin/planted",
      "/opt/e2b/envd.cjs",
      "/opt/e2b/bin/node",
      "/etc/ssl/certs/x",
      "/proc/sys/kernel/hostname",
    ]) {
      expect((await outputOf(one, `echo x > ${path}`)).code, path).not.toBe(0);
    }
    expect(existsSync("/usr/bin/planted")).toBe(false);
    expect((await outputOf(one, "mount -t tmpfs none /mnt")).code).not.toBe(0);
  });

  it("sees its own processes only, and can signal no others", async () => {
    const background = await two.commands.run("sleep 1000", { background: true });
    const shown = (await one.commands.run("ps -eo args=")).stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(shown).toEqual(["bwrap", "/opt/e2b/bin/node", "ps"]);
    expect((await one.commands.run("tr '\\0' ' ' < /proc/1/cmdline")).stdout).toBe(
      "bwrap --args 3 -- /opt/e2b/bin/node --max-semi-space-size=1 /opt/e2b/envd.cjs ",
    );
    // With one id this ends the agent too, and with it the sandbox: it is tried in one of its own.
    const victim = await Sandbox.create("base", local.options);
    await outputOf(victim, "kill -9 -1").catch(() => undefined);
    expect(await two.isRunning()).toBe(true);
    expect(await one.isRunning()).toBe(true);
    await victim.kill();
    expect((await two.commands.list()).map((item) => item.pid)).toEqual([background.pid]);
    await background.kill();
  });

  it("does not see the other sandbox's files", async () => {
    await two.files.write("/home/user/private", "two's");
    await two.files.write("/tmp/private", "two's");
    expect((await outputOf(two, "cat ~/private /tmp/private")).out).toBe("two'stwo's");
    expect((await outputOf(one, "cat ~/private /tmp/private")).out).toBe("");
  });

  it("has loopback and no other network", async () => {
    const server = createServer((_, response) => response.end("host"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as { port: number };
    const inside = `node -e 'const s=require("http").createServer((q,r)=>r.end("inside")).listen(8123,async()=>{console.log(await (await fetch("http://127.0.0.1:8123")).text());s.close();process.exit()})'`;
    expect((await outputOf(one, inside)).out).toBe("inside\n");
    const dial = (host: string, to: number): string =>
      `python3 -c 'import socket; socket.create_connection(("${host}", ${to}), 2)'`;
    expect((await outputOf(one, dial("127.0.0.1", port))).code).not.toBe(0);
    expect((await outputOf(one, dial("127.0.0.1", local.server.port))).code).not.toBe(0);
    expect((await outputOf(one, dial("1.1.1.1", 53))).code).not.toBe(0);
    expect(
      (await outputOf(one, "ls /sys/class/net 2>/dev/null; cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' '")).out,
    ).toBe("lo\n");
    server.close();
  });

  it("cannot lead the host through a planted link, nor through the agent's folder", async () => {
    await outputOf(one, "ln -s /etc/hostname ~/link; ln -s / ~/rootlink");
    expect(await one.files.read("link")).toBe("e2b.local\n");
    expect((await one.files.list("rootlink")).some((entry) => entry.name === "work")).toBe(false);
    expect((await outputOf(one, "ls -A /run/e2b")).out.trim().replace(/^p$/, "")).toBe("");
  });

  it.skipIf(process.getuid?.() !== 0)("maps root to nobody outside, and keeps root inside from mounting", async () => {
    const root = await one.commands.run(
      "id -u; cut -c1-30 /proc/self/uid_map; mount -t tmpfs none /mnt 2>&1 | head -1; touch /root/mine && echo made",
      { user: "root" },
    );
    expect(root.stdout).toMatch(/^0\n\s+0 19\d{8} .*\nmount: .*\nmade\n$/);
    const uids = descendants(process.pid)
      .filter((candidate) => readCommand(candidate).includes("envd.cjs"))
      .map((candidate) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${candidate}/status`, "utf8"))?.[1]));
    expect(uids.length).toBeGreaterThan(0);
    expect(uids.every((uid) => uid >= 1_900_000_000)).toBe(true);
  });

  it("contains a fork bomb and a memory hog", async () => {
    await one.files.write("bomb.py", bomb);
    const forks = Number((await outputOf(one, "python3 bomb.py")).out);
    // 512 processes at most, some of which are the sandbox's own.
    expect(forks).toBeGreaterThan(100);
    expect(forks).toBeLessThan(512);
    await expect.poll(async () => (await outputOf(one, "echo alive")).out, { timeout: 20_000 }).toBe("alive\n");
    if (!local.server.label.limits.startsWith("cgroup")) return;
    const hog = await outputOf(one, "python3 -c 'x = bytearray(900_000_000)'");
    expect(hog.code).not.toBe(0);
    expect(await one.isRunning()).toBe(true);
  });

  it("leaves no process, mount, cgroup or folder behind when it is killed", async () => {
    const run = only(parent);
    const cells = (): string => execFileSync("ls", [join(run, "c")], { encoding: "utf8" });
    const others = cells();
    const third = await Sandbox.create("base", local.options);
    await third.commands.run("setsid sleep 1000 & (trap '' TERM; sleep 1000) & nohup sleep 1000 >/dev/null 2>&1 &", {
      background: true,
    });
    expect(cells().split("\n")).toHaveLength(others.split("\n").length + 1);
    const sleepers = (): number[] => descendants(process.pid).filter((pid) => readCommand(pid).startsWith("sleep"));
    await expect.poll(() => sleepers().length, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
    const before = sleepers();
    await third.kill();
    expect(before.filter((pid) => readCommand(pid).startsWith("sleep"))).toEqual([]);
    await expect.poll(cells, { timeout: 5_000 }).toBe(others);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain("e2bs-");
    const [name = ""] = runFolders(parent);
    await local.server.close();
    expect(runFolders(parent)).toEqual([]);
    expect(cgroupsOf(name)).toEqual([]);
    expect(descendants(process.pid).filter((pid) => /bwrap|envd\.mjs/.test(readCommand(pid)))).toEqual([]);
  });
});

/** Forks until it is refused, prints how far it came, and cleans up. */
const bomb = `
import os, signal, time
pids = []
try:
    while len(pids) < 2000:
        pid = os.fork()
        if pid == 0:
            time.sleep(30)
            os._exit(0)
        pids.append(pid)
except OSError:
    pass
print(len(pids))
for pid in pids:
    os.kill(pid, signal.SIGKILL)
`;

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
