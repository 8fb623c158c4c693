// `monitor`: lines of JSON in a pipe, an alternate screen that is given back on a terminal, plain looks on a dumb one.
import { describe, expect, test } from "vitest";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { realClock } from "../../../src/host/clock.ts";
import { sparkline } from "../../../src/doors/cli/monitor/sparkline.ts";
import { stopReason } from "../../../src/doors/stop-signal.ts";
import { monitorLook } from "../monitor-look.ts";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

const swiftly = { ...realClock, sleep: async () => undefined };
const tick = { schema: "e2b-swarm/monitor/1", type: "tick", ok: true };

/** Interrupts at the n-th look. */
function until(looks: number, answer: (look: number) => unknown = () => monitorLook) {
  const stop = new AbortController();
  let seen = 0;
  const backend = recordingBackend({
    getE2bMonitor: () => {
      seen += 1;
      if (seen === looks) stop.abort(stopReason("SIGINT"));
      return answer(seen);
    },
  });
  return { backend, signal: stop.signal, clock: swiftly };
}

function screen(size = { columns: 200, rows: 40 }) {
  const writes: string[] = [];
  let left: string | null = null;
  const stdout = {
    isTTY: true,
    write: (text: string) => void writes.push(text),
    size: () => size,
    atExit: (text: string) => {
      left = text;
      return () => void (left = null);
    },
  };
  return { writes, stdout, left: () => left };
}

describe("in a pipe", () => {
  test("each look is one line, the last says how it ended, and Ctrl-C exits with 130", async () => {
    const { code, stdout, stderr } = await drive(["monitor", "-i", "1s"], until(2));
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        ...tick,
        seq: 1,
        iteration: 1,
        sandboxes: { total: 1, running: 1 },
        agents: { total: 1 },
        creates: { p95_ms: null },
      },
      { ...tick, seq: 2, iteration: 2, cost: { provenance: "modelled", total_micro_usd: 4_100_000 } },
      { schema: "e2b-swarm/monitor/1", type: "end", seq: 3, verdict: "interrupted" },
    ]);
    expect([lines.length, code, stderr]).toEqual([3, 130, ""]);
  });

  test("a look that fails is a line too, and the next one is taken", async () => {
    const answer = (look: number): unknown => {
      if (look === 1) throw new SwarmError("target.unreachable", "Cannot reach it", { hint: "Start it" });
      return monitorLook;
    };
    const { stdout } = await drive(["monitor", "--json"], until(2, answer));
    const [first, second] = stdout.split("\n").map((line) => (line === "" ? null : JSON.parse(line)));
    expect(first).toMatchObject({
      type: "tick",
      iteration: 1,
      ok: false,
      error: { code: "target.unreachable", hint: "Start it" },
    });
    expect(second).toMatchObject({ ...tick, iteration: 2 });
  });

  test("a missing key ends it, because it would only be missing again", async () => {
    const backend = recordingBackend({
      getE2bMonitor: () => {
        throw new SwarmError("auth.missing", "Cannot use the cloud target: E2B_API_KEY is not set");
      },
    });
    expect(await drive(["monitor"], { backend, clock: swiftly })).toMatchObject({ code: 4 });
    expect(backend.calls).toHaveLength(1);
  });

  test("--duration ends it with 0, --once is one line, and with --json the one document of every command", async () => {
    const long = await drive(["monitor", "-i", "200ms", "-d", "200ms"]);
    expect([long.code, JSON.parse(long.stdout.trimEnd().split("\n").at(-1) ?? "")]).toMatchObject([
      0,
      { type: "end", verdict: "duration" },
    ]);
    const once = await drive(["monitor", "--once"]);
    expect([once.code, once.stdout.split("\n").length, JSON.parse(once.stdout)]).toMatchObject([0, 2, tick]);
    expect(document(await drive(["monitor", "--once", "--json"])).data).toMatchObject({ sandboxes: { running: 1 } });
  });

  test.each(["0", "soon", "100ms"])("--interval %s is refused before anything is opened", async (interval) => {
    const { code, backend } = await drive(["monitor", "-i", interval]);
    expect([code, backend.opened]).toEqual([2, []]);
  });
});

describe("on a terminal", () => {
  test("looks are painted over each other, each in one write, and the terminal is given back", async () => {
    const { writes, stdout, left } = screen();
    const { code } = await drive(["monitor"], { ...until(3), stdout, env: { LANG: "C.UTF-8" } });
    expect(code).toBe(130);
    expect(writes).toHaveLength(5);
    expect(writes[0]).toBe("\u001b[?1049h\u001b[?25l");
    for (const frame of writes.slice(1, 4)) {
      expect(frame.startsWith("\u001b[Hmonitor")).toBe(true);
      expect(frame.endsWith("every 5 s, Ctrl-C ends\u001b[K\u001b[J")).toBe(true);
      expect(frame).not.toContain("\u001b[2J");
    }
    expect(writes[3]).toContain("1 running of 1  ███");
    expect(writes[3]).toContain("$4.1000 of $5.0000 (82.0 %), $0.0585 an hour now, modelled, 1 ends assumed");
    expect(writes[3]).toContain("3 of 3 worked in the last hour, p50 40 ms, p95 not measured (n 3, 20 needed)");
    expect(writes[3]).toContain("\u001b[31mwarning: $4.1000 of $5.0000 is spent\u001b[39m");
    expect(writes[3]).toContain("agent-1-1  momentum  busy");
    expect(writes[4]?.startsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
    expect(left()).toBeNull();
  });

  test("a small one shows what fits and says what does not", async () => {
    const { writes, stdout } = screen({ columns: 30, rows: 6 });
    await drive(["monitor", "--no-color"], { ...until(1), stdout, env: { NO_COLOR: "1" } });
    const bare = (writes[1] ?? "").split("\u001b[").map((part) => part.replace(/^[?\d]*[A-Za-z]/, ""));
    const lines = bare.join("").split("\r\n");
    expect(lines).toHaveLength(6);
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines.at(-2)).toMatch(/^and \d+ more lines$/);
  });

  test.each([{ TERM: "dumb" }, { CI: "1" }])("%j gets plain looks below each other", async (env) => {
    const { writes, stdout } = screen();
    await drive(["monitor"], { ...until(2), stdout, env: { ...env, NO_COLOR: "1" } });
    const text = writes.join("");
    expect(text).not.toContain("\u001b");
    expect(text.match(/^sandboxes  /gm)).toHaveLength(2);
  });
});

test("sparklines scale to their greatest, show gaps, and know ASCII", () => {
  expect(sparkline([0, 1, null, 7], true)).toBe("▁▂ █");
  expect(sparkline([0, 0], true)).toBe("▁▁");
  expect(sparkline([1, 7], false)).toBe(":@");
});
