// The server's log: bounded, readable after the end, followed over a change of files, free of keys.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { followServerLog, moveLogAside, olderLog, openServerLog, readServerLog } from "../../src/local/server-log.ts";

describe("the server's log", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync("/tmp/e2bt-");
    path = join(folder, "server.log");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const line = (level: string, message: string): string => `${JSON.stringify({ level, message })}\n`;

  it("is nothing before there is one", () => {
    expect(readServerLog(path)).toBe("");
  });

  it("keeps two files of bounded size, mode 0600, and loses nothing between them", () => {
    const write = openServerLog(path);
    const filler = line("info", "x".repeat(10_000));
    for (let n = 0; n < 350; n++) write(filler);
    write(line("info", "last"));
    for (const file of [path, olderLog(path)]) {
      expect(statSync(file).size).toBeLessThan(1_048_576 + 2 * filler.length);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(readServerLog(path, { lines: 1 })).toBe(line("info", "last"));
    expect(readServerLog(path, { lines: 3 })).toBe(filler + filler + line("info", "last"));
  });

  it("shows the asked level and above; what is no JSON is an error; keys are scrubbed again", () => {
    writeFileSync(
      path,
      line("info", "a") + line("warn", "b") + "Fatal crash e2b_0123456789abcdef\n" + line("debug", "c"),
    );
    expect(readServerLog(path, { level: "warn" })).toBe(`${line("warn", "b")}Fatal crash [redacted]\n`);
    expect(readServerLog(path, { level: "error", lines: 5 })).toBe("Fatal crash [redacted]\n");
    expect(readServerLog(path, { lines: 0 })).toBe("");
    expect(readServerLog(path).split("\n")).toHaveLength(5);
  });

  it("moves the last server's log aside and shows both", () => {
    writeFileSync(path, line("info", "old"));
    moveLogAside(path);
    expect(readServerLog(path)).toBe(line("info", "old"));
    openServerLog(path)(line("info", "young"));
    expect(readServerLog(path)).toBe(line("info", "old") + line("info", "young"));
    expect(readFileSync(path, "utf8")).toBe(line("info", "young"));
  });

  it("follows over a change of files and ends when it is over and read", async () => {
    let over = false;
    let heard = "";
    const write = openServerLog(path);
    write(line("info", "one"));
    const following = followServerLog(
      path,
      { level: "info" },
      {
        print: (text) => void (heard += text),
        isOver: () => over,
        clock: realClock,
        signal: new AbortController().signal,
      },
    );
    write(line("debug", "not shown"));
    write(line("info", "two"));
    await expect.poll(() => heard).toBe(line("info", "one") + line("info", "two"));
    moveLogAside(path);
    openServerLog(path)(line("info", "three"));
    await expect.poll(() => heard).toContain("three");
    over = true;
    await following;
    expect(heard).toBe(["one", "two", "three"].map((text) => line("info", text)).join(""));
  });

  it("stops following with the signal's reason", async () => {
    const stop = new AbortController();
    writeFileSync(path, "");
    const reader = { print: () => undefined, isOver: () => false, clock: realClock, signal: stop.signal };
    const following = followServerLog(path, {}, reader);
    stop.abort(new Error("enough"));
    await expect(following).rejects.toThrow("enough");
  });
});
