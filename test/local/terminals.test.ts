import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SandboxError, Sandbox, type CommandHandle } from "e2b/dist/index.mjs";
import { noBwrap, outputOf, startLocal, type Local } from "./harness.ts";

interface Terminal {
  readonly handle: CommandHandle;
  /** Everything seen so far, decoded. */
  seen(): string;
}

async function openTerminal(
  sandbox: Sandbox,
  options: Partial<Parameters<Sandbox["pty"]["create"]>[0]> = {},
): Promise<Terminal> {
  const chunks: Uint8Array[] = [];
  const handle = await sandbox.pty.create({ cols: 80, rows: 24, onData: (data) => void chunks.push(data), ...options });
  return { handle, seen: () => Buffer.concat(chunks).toString("utf8") };
}

async function type(sandbox: Sandbox, terminal: Terminal, text: string): Promise<void> {
  await sandbox.pty.sendInput(terminal.handle.pid, Buffer.from(text));
}

describe.skipIf(noBwrap !== null)(`terminals (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    sandbox = await Sandbox.create("base", { ...local.options, envs: { LAYER: "sandbox" } });
  });
  afterAll(async () => local?.server.close());

  it("is a login shell of the user with a controlling terminal, environment and size as asked", async () => {
    const terminal = await openTerminal(sandbox, { cols: 91, rows: 33, envs: { ABC: "1 2=3" }, cwd: "/tmp" });
    const questions = [
      'echo "id $(id -un) $(id -u)"',
      'echo "env $ABC $LAYER $TERM $LANG $LC_ALL"',
      'echo "cwd $PWD"',
      'echo "size $(stty size) $(tput cols)"',
      "shopt -q login_shell && echo login $((6*7))",
      'echo "tty $(tty) $(stat -c %U $(tty)) $(ps -o tty= -p $$)"',
      'echo "pid $$"',
      "exit 5",
    ];
    await type(sandbox, terminal, `${questions.join("\n")}\n`);
    await expect(terminal.handle.wait()).rejects.toMatchObject({ exitCode: 5, error: "exit status 5" });
    const out = terminal.seen();
    for (const line of [
      "id user 1000",
      "env 1 2=3 sandbox xterm-256color C.UTF-8 C.UTF-8",
      "cwd /tmp",
      "size 33 91 91",
      "login 42",
      `pid ${terminal.handle.pid}`,
    ])
      expect(out).toContain(`${line}\r\n`);
    expect(out).toMatch(/tty (\/dev\/pts\/\d+) user pts\/\d+\r\n/);
    expect(out).not.toContain("no job control");
  });

  it("resizes, interrupts, and refuses what a terminal cannot do", async () => {
    const terminal = await openTerminal(sandbox);
    await sandbox.pty.resize(terminal.handle.pid, { cols: 123, rows: 45 });
    await type(sandbox, terminal, "trap 'echo winch' WINCH; stty size\n");
    await expect.poll(() => terminal.seen(), { timeout: 10_000 }).toContain("45 123\r\n");
    await sandbox.pty.resize(terminal.handle.pid, { cols: 100, rows: 24 });
    await type(sandbox, terminal, "\n");
    await expect.poll(() => terminal.seen(), { timeout: 10_000 }).toContain("winch\r\n");
    await type(sandbox, terminal, "sleep 1000\n");
    // Before it runs in the foreground there is nobody there for the interrupt.
    await expect.poll(async () => (await outputOf(sandbox, "pgrep -x sleep -a")).out).toContain("1000");
    await type(sandbox, terminal, "\u0003");
    await type(sandbox, terminal, "echo code $?\n");
    await expect.poll(() => terminal.seen(), { timeout: 10_000 }).toContain("code 130\r\n");
    const { pid } = terminal.handle;
    await expect(sandbox.commands.closeStdin(pid)).rejects.toThrow("send Ctrl+D (0x04) instead");
    await expect(sandbox.commands.sendStdin(pid, "x")).rejects.toThrow("input should be written to the pty");
    const pipe = await sandbox.commands.run("sleep 100", { background: true });
    await expect(sandbox.pty.sendInput(pipe.pid, Buffer.from("x"))).rejects.toBeInstanceOf(SandboxError);
    await expect(sandbox.pty.resize(pipe.pid, { cols: 1, rows: 1 })).rejects.toThrow("tty not assigned");
    await pipe.kill();
    await type(sandbox, terminal, "\u0004");
    expect((await terminal.handle.wait()).exitCode).toBe(0);
  });

  it("lists the user's command, survives a client that leaves, and is found again", async () => {
    const terminal = await openTerminal(sandbox, { envs: { FOO: "bar" } });
    const listed = (await sandbox.commands.list()).find((item) => item.pid === terminal.handle.pid);
    expect(listed).toMatchObject({ cmd: "/bin/bash", args: ["-i", "-l"], envs: { FOO: "bar" } });
    await terminal.handle.disconnect();
    const chunks: Uint8Array[] = [];
    const again = await sandbox.pty.connect(terminal.handle.pid, { onData: (data) => void chunks.push(data) });
    await sandbox.pty.sendInput(again.pid, Buffer.from("echo $FOO$FOO\nexit\n"));
    expect((await again.wait()).exitCode).toBe(0);
    expect(Buffer.concat(chunks).toString()).toContain("barbar\r\n");
  });

  it("is killed for good, together with what runs in its foreground", async () => {
    const terminal = await openTerminal(sandbox);
    await type(sandbox, terminal, "sleep 4321\n");
    await expect.poll(async () => (await outputOf(sandbox, "pgrep -x sleep -a")).out).toContain("4321");
    expect(await sandbox.pty.kill(terminal.handle.pid)).toBe(true);
    expect((await outputOf(sandbox, `kill -0 ${terminal.handle.pid}`)).code).toBe(1);
    await expect(terminal.handle.wait()).rejects.toMatchObject({ exitCode: -1, error: "signal: killed" });
    await expect.poll(async () => (await outputOf(sandbox, "pgrep -f 'sleep 432[1]'")).code).toBe(1);
    expect(await sandbox.pty.kill(terminal.handle.pid)).toBe(false);
  });

  it("keeps every byte of a long output, many terminals at once, none left afterwards", async () => {
    const count = 12;
    const before = (await outputOf(sandbox, "ls /dev/pts")).out;
    const seen = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const terminal = await openTerminal(sandbox);
        await type(sandbox, terminal, `stty -echo; echo start; seq -w 1 20000; echo end-${n}; exit\n`);
        await terminal.handle.wait();
        return terminal.seen();
      }),
    );
    for (const [n, out] of seen.entries()) {
      expect(out).toContain(`end-${n}\r\n`);
      expect(
        out
          .slice(out.indexOf("start\r\n"))
          .split("\r\n")
          .filter((line) => /^\d{5}$/.test(line)),
      ).toHaveLength(20_000);
    }
    expect((await outputOf(sandbox, "ls /dev/pts")).out).toBe(before);
  });

  it.skipIf(process.getuid?.() !== 0)("opens for root too (needs two ids: skipped for ordinary users)", async () => {
    const terminal = await openTerminal(sandbox, { user: "root" });
    await type(sandbox, terminal, 'echo "$(id -u) $HOME $(stat -c %U $(tty))"; exit\n');
    await terminal.handle.wait();
    expect(terminal.seen()).toContain("0 /root root\r\n");
  });
});
