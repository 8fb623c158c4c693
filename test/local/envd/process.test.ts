import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";
import { envelope, openRaw, type FrameWire, type Raw } from "./raw.ts";

const end = { flag: 2, message: {} };

describe.skipIf(noBwrap !== null)(`process calls (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let raw: Raw;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    raw = await openRaw(local);
  });
  afterAll(async () => local?.server.close());

  const start = async (
    process: object,
    rest: object = {},
    headers: Record<string, string> = {},
  ): Promise<FrameWire[]> => raw.stream("process.Process/Start", envelope({ process, stdin: false, ...rest }), headers);
  const bash = (text: string): object => ({ cmd: "/bin/bash", args: ["-c", text] });
  const endOf = (frames: readonly FrameWire[]): unknown => frames.at(-2)?.message.event.end;

  it("starts, tells and ends in envd's words", async () => {
    const frames = await start(bash("printf out; printf err >&2; exit 3"));
    const pid: unknown = frames[0]?.message.event.start.pid;
    expect(pid).toEqual(expect.any(Number));
    expect(frames.slice(1, 3).map((frame) => frame.message.event.data)).toEqual(
      expect.arrayContaining([{ stdout: "b3V0" }, { stderr: "ZXJy" }]),
    );
    expect(endOf(frames)).toEqual({ exitCode: 3, exited: true, status: "exit status 3", error: "exit status 3" });
    expect(frames.at(-1)).toEqual(end);
    // Ended a moment ago: found by its pid, start and end only.
    const again = await raw.stream("process.Process/Connect", envelope({ process: { pid } }));
    expect(again.map((frame) => frame.message)).toEqual([{ event: { start: { pid } } }, frames.at(-2)?.message, {}]);
    expect(endOf(await start(bash("kill -TERM $$")))).toEqual({
      exitCode: -1,
      exited: false,
      status: "signal: terminated",
      error: "signal: terminated",
    });
  });

  it("lets the shell say what cannot be started, and where", async () => {
    const frames = await start({ cmd: "no-such-program", args: ["x"] });
    expect(Buffer.from(frames[1]?.message.event.data.stderr ?? "", "base64").toString()).toContain(
      "no-such-program: not found",
    );
    expect(endOf(frames)).toMatchObject({ exitCode: 127 });
    const nowhere = await start({ ...bash("true"), cwd: "/no/where" });
    expect(nowhere).toEqual([
      { flag: 2, message: { error: { code: "invalid_argument", message: "cwd '/no/where' does not exist" } } },
    ]);
  });

  it("ends at the client's time: Start kills, Connect only looks away", async () => {
    const late = await start(bash("echo $$ > /tmp/late; sleep 100"), {}, { "connect-timeout-ms": "400" });
    expect(late.at(-1)).toEqual({
      flag: 2,
      message: { error: { code: "deadline_exceeded", message: "context deadline exceeded" } },
    });
    expect((await outputOf(raw.sandbox, "kill -0 $(cat /tmp/late)")).code).toBe(1);
    const handle = await raw.sandbox.commands.run("sleep 100", { background: true });
    const connected = await raw.stream("process.Process/Connect", envelope({ process: { pid: handle.pid } }), {
      "connect-timeout-ms": "300",
    });
    expect(connected.at(-1)?.message.error.code).toBe("deadline_exceeded");
    expect((await outputOf(raw.sandbox, `kill -0 ${handle.pid}`)).code).toBe(0);
    await handle.kill();
    const odd = await start(bash("true"), {}, { "connect-timeout-ms": "soon" });
    expect(odd[0]?.message.error).toEqual({
      code: "invalid_argument",
      message: "protocol error: invalid timeout: soon",
    });
  });

  it("finds by tag, sends nothing but keepalives to a silent stream, signals one process", async () => {
    const running = start(
      bash("trap 'exit 9' TERM; sleep 3 & wait"),
      { tag: "mine" },
      { "keepalive-ping-interval": "1" },
    );
    await expect
      .poll(async () =>
        (await raw.unary("process.Process/List", {})).body.processes.some((item) => item.tag === "mine"),
      )
      .toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    const selector = { process: { tag: "mine" } };
    for (const [method, message, status, code] of [
      ["SendSignal", { ...selector, signal: "SIGNAL_SIGHUP" }, 501, "unimplemented"],
      ["SendInput", { ...selector, input: { stdin: "eA==" } }, 500, "internal"],
      ["SendInput", { ...selector, input: { pty: "eA==" } }, 500, "internal"],
      ["SendInput", { ...selector, input: {} }, 501, "unimplemented"],
      ["Update", { ...selector, pty: { size: { cols: 1, rows: 1 } } }, 500, "internal"],
      ["SendInput", { process: { tag: "other" }, input: { stdin: "" } }, 404, "not_found"],
      ["SendSignal", { process: {}, signal: "SIGNAL_SIGKILL" }, 501, "unimplemented"],
    ] as const) {
      const answer = await raw.unary(`process.Process/${method}`, message);
      expect([method, answer.status, answer.body.code]).toEqual([method, status, code]);
    }
    expect((await raw.unary("process.Process/CloseStdin", selector)).body).toEqual({});
    expect((await raw.unary("process.Process/SendSignal", { ...selector, signal: "SIGNAL_SIGTERM" })).body).toEqual({});
    const frames = await running;
    expect(frames.some((frame) => frame.message.event?.keepalive !== undefined)).toBe(true);
    expect(endOf(frames)).toMatchObject({ exitCode: 9, exited: true });
  });

  it("takes a stream of input in order", async () => {
    const handle = await raw.sandbox.commands.run("head -c 600000 | sha256sum", { background: true, stdin: true });
    const piece = "0123456789".repeat(6_000);
    const data = { data: { input: { stdin: Buffer.from(piece).toString("base64") } } };
    const body = [
      { start: { process: { pid: handle.pid } } },
      { keepalive: {} },
      ...Array.from({ length: 10 }, () => data),
    ];
    const answer = await raw.stream("process.Process/StreamInput", Buffer.concat(body.map((item) => envelope(item))));
    expect(answer).toEqual([{ flag: 0, message: {} }, end]);
    const own = await outputOf(raw.sandbox, "yes 0123456789 | tr -d '\\n' | head -c 600000 | sha256sum");
    expect((await handle.wait()).stdout).toBe(own.out);
    const early = await raw.stream("process.Process/StreamInput", envelope(data));
    expect(early[0]?.message.error.code).toBe("invalid_argument");
  });

  it("refuses malformed calls by name and stays alive", async () => {
    const json = { "content-type": "application/json" };
    const raws: [string, RequestInit, number][] = [
      ["/process.Process/List", { method: "POST", body: "{}", headers: { "content-type": "application/proto" } }, 415],
      ["/process.Process/List", { method: "GET" }, 405],
      ["/process.Process/Start", { method: "POST", body: "{}", headers: json }, 415],
      ["/process.Process/List", { method: "POST", body: "{", headers: json }, 400],
      ["/process.Process/List", { method: "POST", body: "[]", headers: json }, 400],
      ["/process.Process/Nothing", { method: "POST", body: "{}", headers: json }, 501],
      ["/nothing", {}, 404],
      ["/process.Process/List", { method: "POST", body: `"${"x".repeat(9_000_000)}"`, headers: json }, 429],
    ];
    for (const [path, init, status] of raws)
      expect([path, (await raw.request(path, init)).status]).toEqual([path, status]);
    const huge = Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0x7b]);
    for (const [body, code] of [
      [Buffer.alloc(0), "invalid_argument"],
      [Buffer.from([0, 0, 0, 0, 9, 0x7b]), "invalid_argument"],
      [Buffer.from([1, 0, 0, 0, 0]), "unimplemented"],
      [huge, "resource_exhausted"],
      [envelope([1]), "invalid_argument"],
      [envelope({}), "invalid_argument"],
      [envelope({ process: { cmd: "x", envs: { "a=b": "c" } } }), "invalid_argument"],
    ] as const) {
      const frames = await raw.stream("process.Process/Start", body);
      expect(frames.map((frame) => [frame.flag, frame.message.error.code])).toEqual([[2, code]]);
    }
    const answer = await raw.request("/process.Process/List", {
      method: "POST",
      body: "{}",
      headers: { ...json, "x-access-token": "wrong" },
    });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { code: 401, message: "unauthorized access, please provide a valid access token or method signing if supported" },
    ]);
    expect((await raw.unary("process.Process/List", {})).status).toBe(200);
  });

  it("tells its own size, not the machine's; and the sandbox's variables", async () => {
    const metrics = await (await raw.request("/metrics")).json();
    expect(metrics).toMatchObject({ cpu_count: 1, mem_total: 512 * 1_048_576, mem_total_mib: 512 });
    expect(metrics.mem_used).toBeLessThan(metrics.mem_total);
    const envs = await raw.request("/envs");
    expect([await envs.json(), envs.headers.get("cache-control")]).toEqual([
      expect.objectContaining({ E2B_SANDBOX: "true", E2B_SANDBOX_ID: raw.sandbox.sandboxId }),
      "no-store",
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "gives a user all of its groups (needs two ids: skipped for ordinary users)",
    async () => {
      const before = await outputOf(raw.sandbox, "id -G");
      expect(before.out).toBe("1000\n");
      await raw.sandbox.commands.run("sed -i 's/^tty:x:5:.*/tty:x:5:user/' /etc/group", { user: "root" });
      expect((await outputOf(raw.sandbox, "id -G; grep CapEff /proc/self/status")).out).toBe(
        "1000 5\nCapEff:\t0000000000000000\n",
      );
      const frames = await start(
        { cmd: "/bin/bash", args: ["-c", "id -G"] },
        { pty: { size: { cols: 80, rows: 24 } } },
      );
      expect(Buffer.from(frames[1]?.message.event.data.pty ?? "", "base64").toString()).toBe("1000 5\r\n");
    },
  );
});
