import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandExitError, InvalidArgumentError, NotFoundError, Sandbox, TimeoutError } from "e2b/dist/index.mjs";
import { noBwrap, outputOf, startLocal, type Local } from "./harness.ts";

describe.skipIf(noBwrap !== null)(`commands (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    sandbox = await Sandbox.create("node", { ...local.options, envs: { LAYER: "sandbox", KEPT: "yes" } });
  });
  afterAll(async () => local?.server.close());

  it("runs in the foreground as `user` at home, with the exit code as it was", async () => {
    const ok = await sandbox.commands.run("whoami; pwd; echo oops >&2");
    expect({ ...ok }).toEqual({ exitCode: 0, stdout: "user\n/home/user\n", stderr: "oops\n" });
    const failed = await sandbox.commands.run("echo partly; exit 7").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CommandExitError);
    expect(failed).toMatchObject({ exitCode: 7, stdout: "partly\n", error: "exit status 7" });
  });

  it("tells death by signal as -1, never 137", async () => {
    const dead = await sandbox.commands.run("kill -9 $$").catch((error: unknown) => error);
    expect(dead).toMatchObject({ exitCode: -1, error: "signal: killed" });
  });

  it("layers the environment: sandbox, then request; and starts where cwd says", async () => {
    const own = await sandbox.commands.run('echo "$LAYER $KEPT $(pwd)"', { envs: { LAYER: "request" }, cwd: "/tmp" });
    expect(own.stdout).toBe("request yes /tmp\n");
    const names = (await sandbox.commands.run("env | cut -d= -f1 | sort | tr '\\n' ' '")).stdout;
    expect(names).toBe(
      "E2B_SANDBOX E2B_SANDBOX_ID E2B_TEMPLATE_ID HOME KEPT LAYER LOGNAME OLDPWD PATH PWD SHLVL USER _ ".replace(
        "OLDPWD ",
        names.includes("OLDPWD") ? "OLDPWD " : "",
      ),
    );
    await expect(sandbox.commands.run("true", { cwd: "/not/there" })).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it("streams output while the command runs", async () => {
    const seen: string[] = [];
    const gate: { open: () => void } = { open: () => undefined };
    const first = new Promise<void>((resolve) => (gate.open = resolve));
    const handle = await sandbox.commands.run("echo first; read line; echo second $line", {
      background: true,
      stdin: true,
      onStdout: (text) => {
        seen.push(text);
        gate.open();
      },
    });
    await first;
    expect(seen).toEqual(["first\n"]);
    await sandbox.commands.sendStdin(handle.pid, "go\n");
    expect((await handle.wait()).stdout).toBe("first\nsecond go\n");
  });

  it("gives commands real pipes: /dev/stdin and /dev/stderr can be opened, stdin can be closed", async () => {
    const handle = await sandbox.commands.run("cat /dev/stdin; echo e > /dev/stderr; echo o > /dev/stdout", {
      background: true,
      stdin: true,
    });
    await sandbox.commands.sendStdin(handle.pid, "through\n");
    await sandbox.commands.closeStdin(handle.pid);
    expect({ ...(await handle.wait()) }).toEqual({ exitCode: 0, stdout: "through\no\n", stderr: "e\n" });
    expect((await sandbox.commands.run("cat; echo end")).stdout).toBe("end\n");
    // Opened again only after the writer has closed: what was written is still there, then the file ends.
    const late = await sandbox.commands.run("sleep 0.3; cat /dev/stdin; echo end", { background: true, stdin: true });
    await sandbox.commands.sendStdin(late.pid, "kept\n");
    await sandbox.commands.closeStdin(late.pid);
    expect((await late.wait()).stdout).toBe("kept\nend\n");
    const many = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const one = await sandbox.commands.run("cat", { background: true, stdin: true });
        await sandbox.commands.sendStdin(one.pid, String(n));
        await sandbox.commands.closeStdin(one.pid);
        return (await one.wait()).stdout;
      }),
    );
    expect(many).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
  });

  it("lists, connects to and kills what runs in the background", async () => {
    const handle = await sandbox.commands.run("echo up; sleep 100", { background: true, envs: { MARK: "m" } });
    const listed = (await sandbox.commands.list()).find((item) => item.pid === handle.pid);
    expect(listed).toMatchObject({
      pid: handle.pid,
      cmd: "/bin/bash",
      args: ["-l", "-c", "echo up; sleep 100"],
      envs: { MARK: "m" },
    });
    const other = await sandbox.commands.connect(handle.pid);
    expect(await sandbox.commands.kill(handle.pid)).toBe(true);
    expect((await sandbox.commands.list()).some((item) => item.pid === handle.pid)).toBe(false);
    expect(await sandbox.commands.kill(handle.pid)).toBe(false);
    await expect(other.wait()).rejects.toMatchObject({ exitCode: -1, error: "signal: killed" });
    await expect(sandbox.commands.sendStdin(999_999, "x")).rejects.toBeInstanceOf(NotFoundError);
  });

  it("kills a command at its time limit, and only then", async () => {
    const late = await sandbox.commands
      .run("echo $$ > /tmp/late.pid; exec sleep 100", { timeoutMs: 500 })
      .catch((error: unknown) => error);
    expect(late).toBeInstanceOf(TimeoutError);
    // Client and sandbox each keep the time; the process is gone when both have seen it.
    await expect
      .poll(async () => (await outputOf(sandbox, "kill -0 $(cat /tmp/late.pid)")).code, { timeout: 5_000 })
      .toBe(1);
    expect((await sandbox.commands.run("sleep 0.2; echo in time", { timeoutMs: 30_000 })).stdout).toBe("in time\n");
  });

  it("waits for children that hold the output, and not after a kill", async () => {
    expect((await sandbox.commands.run("(sleep 0.3; echo late) &")).stdout).toBe("late\n");
    const handle = await sandbox.commands.run("sleep 50 & sleep 50", { background: true });
    await handle.kill();
    await expect(handle.wait()).rejects.toMatchObject({ error: "signal: killed" });
  });

  it("keeps every byte of a large output and of odd bytes", async () => {
    const size = 5_000_000;
    const big = await sandbox.commands.run(`head -c ${size} /dev/zero | tr '\\0' x`);
    expect(big.stdout.length).toBe(size);
    expect((await sandbox.commands.run("printf '\\303\\251\\n'")).stdout).toBe("é\n");
  });

  it("runs many at once", async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => sandbox.commands.run(`echo ${n}`).then((result) => result.stdout)),
    );
    expect(results).toEqual(Array.from({ length: 30 }, (_, n) => `${n}\n`));
  });

  it("runs node and python3 of the sandbox", async () => {
    expect((await sandbox.commands.run("node -p 1+1")).stdout).toBe("2\n");
    expect((await sandbox.commands.run("python3 -c 'import sys; print(sys.executable)'")).stdout).toBe(
      "/usr/bin/python3\n",
    );
    expect((await sandbox.commands.run("node -p process.version")).stdout).toBe(`${process.version}\n`);
  });

  it("looks like a broken connection to whoever waits when the sandbox is killed", async () => {
    const doomed = await Sandbox.create("base", local.options);
    const handle = await doomed.commands.run("sleep 100", { background: true });
    const end = handle.wait().catch((error: unknown) => error);
    await doomed.kill();
    expect(await end).toBeInstanceOf(TimeoutError);
  });
});
