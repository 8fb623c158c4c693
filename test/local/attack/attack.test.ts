// What a tenant can try from inside, over every isolation, as root and as an ordinary user. Each attack is a program that
// works where it is allowed: the same program is first run on a target that it may reach.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { descendants } from "../harness.ts";
import { openVenue, settings, type Venue, type Verdict } from "./venue.ts";

const script = join(import.meta.dirname, "attack.py");

type Try = readonly [args: readonly string[], user?: "root" | "user"];

describe.each(settings)("$backend started by $who (skipped when: $missing)", (setting) => {
  describe.skipIf(setting.missing !== null)("contains", () => {
    let venue: Venue;
    let multi: boolean;
    const root = (): "root" | "user" => (multi ? "root" : "user");
    beforeAll(async () => {
      venue = await openVenue(setting);
      multi = setting.who === "root";
    });
    afterAll(async () => venue?.close());

    const run = async (attempt: Try, sandbox: Sandbox = venue.one): Promise<Verdict> =>
      venue.attack(sandbox, attempt[0], attempt[1]);
    /** The first attempt must work, every other one must not. */
    const pair = async (allowed: Try, denied: readonly Try[]): Promise<void> => {
      expect(await run(allowed), `allowed: ${allowed.join(" ")}`).toMatchObject({ ok: true });
      for (const attempt of denied) {
        for (const user of new Set(["user" as const, root()])) {
          expect(await run([attempt[0], user]), `as ${user}: ${attempt[0].join(" ")}`).toMatchObject({ ok: false });
        }
      }
    };
    const background = async (sandbox: Sandbox, args: string): Promise<void> => {
      const handle = await sandbox.commands.run(`exec /usr/bin/python3 /tmp/attack.py ${args}`, { background: true });
      await expect.poll(() => handle.stdout, { timeout: 20_000 }).toContain("listening");
    };

    it("reading the host's files, by name and by every detour", async () => {
      const { secret } = venue.host;
      await venue.one.files.write("/tmp/own", "of the sandbox");
      await pair([["read", "/tmp/own"]], [[["read", secret]], [["read", `/proc/1/root${secret}`]]]);
      await pair([["climb", "/tmp/own"]], [[["climb", secret]]]);
      await pair([["sym-link", "/tmp/own", "/tmp/s1"]], [[["sym-link", secret, "/tmp/s2"]]]);
      await pair([["hard-link", "/tmp/own", "/tmp/h1"]], [[["hard-link", secret, "/tmp/h2"]]]);
      if (multi) await pair([["chroot-climb", "/tmp/own"], "root"], [[["chroot-climb", secret]]]);
      await expect(venue.one.files.read("/tmp/s2")).rejects.toThrow();
      expect(await venue.one.files.read("/tmp/s1")).toBe("of the sandbox");
    });

    it("writing where the host's programs and the agent lie", async () => {
      const denied = ["/usr/bin/env", "/usr/planted", "/opt/e2b/envd.cjs", "/opt/e2b/bin/node", "/etc/ssl/certs/x"];
      await pair(
        [["write", "/tmp/w", "x"]],
        denied.map((path) => [["write", path, "x"]]),
      );
    });

    it("seeing, signalling or tracing the host's processes", async () => {
      const seen = await run([["pids"]]);
      expect(seen).toMatchObject({ ok: true });
      expect(seen.got).not.toContain(String(venue.host.victim));
      expect(await run([["signal-own"]])).toEqual({ ok: true, got: 9 });
      const theirs = [venue.host.victim, venue.server.pid].filter(
        (pid) => !(seen.got as string[]).includes(String(pid)),
      );
      await pair(
        [["trace", "own"]],
        theirs.flatMap((pid): Try[] => [[["trace", String(pid)]], [["signal", String(pid)]]]),
      );
      expect(venue.host.victimLives()).toBe(true);
    });

    it("the host's loopback, sockets, and this server's own port", async () => {
      await background(venue.one, "serve tcp 8124 mine");
      await background(venue.one, "serve unix /tmp/mine mine");
      await background(venue.one, "serve unix @mine mine");
      const { port, socket, abstract } = venue.host;
      await pair(
        [["tcp", "127.0.0.1", "8124"]],
        [port, venue.server.port].map((to) => [["tcp", "127.0.0.1", String(to)]]),
      );
      await pair([["unix", "/tmp/mine"]], [[["unix", socket]]]);
      await pair([["unix", "@mine"]], [[["unix", abstract]]]);
      // The neighbour has names of its own.
      for (const door of [
        ["tcp", "127.0.0.1", "8124"],
        ["unix", "@mine"],
        ["unix", "/tmp/mine"],
      ]) {
        expect(await run([door], venue.two), door.join(" ")).toMatchObject({ ok: false });
      }
    });

    it("the other sandbox's files and processes", async () => {
      await venue.two.files.write("/tmp/theirs", "two's");
      expect(await run([["read", "/tmp/theirs"]], venue.two)).toEqual({ ok: true, got: "two's" });
      expect(await run([["climb", "/tmp/theirs"], root()])).toMatchObject({ ok: false });
    });

    it("signalling the other sandbox: by the host's numbers, and everything that can be signalled at once", async () => {
      const handle = await venue.two.commands.run("exec sleep 500", { background: true });
      const lives = async (): Promise<boolean> =>
        (await venue.two.commands.list()).some((entry) => entry.pid === handle.pid);
      const third = await venue.create();
      const host = descendants(venue.server.pid).map(String);
      expect(host.length).toBeGreaterThan(6);
      for (const user of new Set(["user" as const, root()])) {
        expect(await run([["signal-unseen", ...host], user], third)).toEqual({ ok: true, got: [] });
      }
      // Its own processes die by this, its agent too where the rights suffice; nobody else's.
      await run([["signal", "-1"], root()], third);
      expect([await lives(), venue.host.victimLives()]).toEqual([true, true]);
      expect((await venue.one.commands.run("echo one")).stdout).toBe("one\n");
      await third.kill().catch(() => false);
      // The same signal works where it may.
      expect(await run([["signal", String(handle.pid)], root()], venue.two)).toEqual({ ok: true, got: "sent" });
      await expect.poll(lives, { timeout: 20_000 }).toBe(false);
    });

    it("the agent's socket, and /init with a forged secret", async () => {
      const found = await venue.one.commands
        .run(
          "find / -xdev -type s -name 'a.sock' 2>/dev/null; ls -A /run/e2b 2>/dev/null || find /run/e2b -maxdepth 1",
          { user: root() },
        )
        .catch((error: { stdout: string }) => error);
      expect(found.stdout.split("\n").filter((line) => line.includes("a.sock"))).toEqual([]);
      const headers = { "e2b-sandbox-id": venue.one.sandboxId, "x-e2b-local-secret": "0".repeat(48) };
      expect((await fetch(`${venue.server.url}/health`, { headers })).status).toBe(204);
      for (const path of ["/init", "//init", "/x/../init", "/%69nit"]) {
        const answer = await fetch(`${venue.server.url}${path}`, { method: "POST", headers, body: "{}" });
        expect([401, 404], path).toContain(answer.status);
      }
      expect((await venue.one.commands.run("echo still mine")).stdout).toBe("still mine\n");
    });

    it("mounting, and looking below what is mounted", async () => {
      const { secret } = venue.host;
      const denied: Try[] = [
        [["mount", "none", "/mnt", "tmpfs"]],
        [["mount", "/", "/mnt", "none", "0x1000"]],
        [["mount", "cgroup", "/mnt", "cgroup"]],
        [["mount", "proc", "/mnt", "proc"]],
        [["nested", "umount", "/usr"]],
        [["nested", "umount", "/proc"]],
      ];
      expect(await run([["list", "/tmp"]])).toMatchObject({ ok: true });
      for (const [args] of denied) {
        for (const user of new Set(["user" as const, root()])) {
          const verdict = await run([args, user]);
          // gVisor's own kernel may mount for its root; what it mounts is its own memory.
          if (verdict.ok) expect(setting.backend).toBe("gvisor");
        }
      }
      expect(await run([["read", secret], root()])).toMatchObject({ ok: false });
      expect(await run([["climb", secret], root()])).toMatchObject({ ok: false });
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(venue.runParent);
    });

    it("device nodes, raw memory, file handles", async () => {
      const denied: Try[] = [
        [["node", "/tmp/disk", "b", "254", "0"]],
        [["node", "/tmp/mem", "c", "1", "1"]],
        [["node", "/tmp/kmsg", "c", "1", "11"]],
        [["open", "/dev/mem"]],
        [["open", "/dev/kmsg"]],
        [["open", "/dev/vda"]],
        [["open", "/dev/kvm"]],
        // gVisor shows one of its own kernel's.
        ...(setting.backend === "bwrap" ? [[["open", "/dev/fuse"]] satisfies Try] : []),
        [["open", "/dev/loop-control"]],
      ];
      await pair([["node", "/tmp/fifo", "p", "0", "0"]], denied);
      await pair([["open", "/dev/null"]], [[["handle", "/"]]]);
    });

    it("setuid programs", async () => {
      if (!multi) return;
      expect(await run([["setuid-copy", "/usr/bin/id", "/tmp/suid"], "root"])).toEqual({ ok: true, got: "0o4755" });
      expect((await venue.one.commands.run("/tmp/suid -u", { user: "root" })).stdout).toBe("0\n");
      expect((await venue.one.commands.run("/tmp/suid -u")).stdout).toBe("1000\n");
    });

    it("settings of the kernel", async () => {
      const before = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
      const host = readFileSync("/proc/sys/kernel/hostname", "utf8");
      const denied: Try[] = [
        [["write", "/proc/sys/kernel/core_pattern", "|/bin/sh"]],
        [["write", "/proc/sys/kernel/hostname", "owned"]],
        [["write", "/proc/sys/kernel/modprobe", "/tmp/x"]],
        [["write", "/proc/sysrq-trigger", "s"]],
        [["write", "/sys/kernel/uevent_helper", "/tmp/x"]],
        [["write", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "-1"]],
        [["write", "/sys/fs/cgroup/release_agent", "/tmp/x"]],
        // Inside gVisor this is a number that the host never sees.
        ...(setting.backend === "bwrap" ? [[["write", "/proc/1/oom_score_adj", "-1000"]] satisfies Try] : []),
        [["kernel", "kexec"]],
        [["kernel", "module"]],
        [["kernel", "clock"]],
        [["kernel", "reboot"]],
      ];
      await pair([["write", "/tmp/setting", "x"]], denied);
      expect(readFileSync("/proc/sys/kernel/core_pattern", "utf8")).toBe(before);
      expect(readFileSync("/proc/sys/kernel/hostname", "utf8")).toBe(host);
    });

    it("the kernel's keyring and namespaces of one's own, which the same program gets outside", async () => {
      const outside = (...args: string[]): Verdict =>
        JSON.parse(execFileSync("/usr/bin/python3", [script, ...args], { encoding: "utf8" })) as Verdict;
      expect(outside("key", "add", "e2bt")).toMatchObject({ ok: true });
      expect(outside("key", "find", "e2bt")).toEqual({ ok: true, got: "planted" });
      for (const sandbox of [venue.one, venue.two]) {
        expect(await run([["key", "add", "e2bt-in"], root()], sandbox)).toMatchObject({ ok: false });
        expect(await run([["key", "find", "e2bt"], root()], sandbox)).toMatchObject({ ok: false });
      }
      if (setting.backend !== "bwrap") return;
      expect(outside("nested", "mount", "/mnt")).toMatchObject({ ok: true });
      expect(await run([["nested", "mount", "/mnt"], root()])).toEqual({ ok: false, got: "EPERM" });
      expect(await run([["nested", "mount", "/mnt"]])).toEqual({ ok: false, got: "EPERM" });
    });

    it("typing into the terminal of whoever started the server", async () => {
      await pair([["tiocsti", "own"]], [[["tiocsti", "/dev/tty"]], [["tiocsti", "/dev/console"]]]);
    });
  });
});
