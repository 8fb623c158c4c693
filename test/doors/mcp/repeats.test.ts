// Keys that keep one call one effect, on a disk that is not always willing.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRepeats, type Repeats } from "../../../src/doors/mcp/repeats.ts";
import { realClock, type Clock } from "../../../src/host/clock.ts";
import { silentLog, type Log } from "../../../src/host/log.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "e2b-swarm-repeats-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const done: CallToolResult = { content: [{ type: "text", text: "done" }] };
const key = { scope: "caller:", key: "k", keep: true };
const open = (log: Log = silentLog, clock: Clock = realClock): Repeats => openRepeats(folder, clock, log);
const files = (): string[] => readdirSync(folder);

test("a deed that was done is told as done although its result cannot be kept, and is not done again", async () => {
  const said: string[] = [];
  const repeats = open({ write: (level, sentence) => void said.push(`${level}: ${sentence}`) });
  const result = await repeats.once(key, "asked", async () => {
    // Nothing can be put in the place of the claim any more.
    const [claim = ""] = files();
    rmSync(join(folder, claim));
    mkdirSync(join(folder, claim));
    return done;
  });
  expect(result).toEqual(done);
  expect(said).toEqual(["error: what became of a call could not be kept; its key stays used for a day"]);
  await expect(open().once(key, "asked", () => Promise.reject(new Error("done twice")))).rejects.toMatchObject({
    code: "server.restarted",
  });
});

test("a claim is whole from its first moment, and a damaged one refuses by name", async () => {
  const seen: string[][] = [];
  await open().once(key, "asked", async () => {
    seen.push(files());
    return done;
  });
  expect(seen).toEqual([[expect.stringMatching(/^[0-9a-f]{64}\.json$/)]]);
  writeFileSync(join(folder, seen[0]?.[0] ?? ""), '{"asked":"');
  await expect(open().once(key, "asked", async () => done)).rejects.toMatchObject({
    code: "server.restarted",
    hint: "Look at the state first, then call again under another idempotency key",
  });
});

test("keys are forgotten after a day, by a server that runs on as well", async () => {
  let aheadMs = 0;
  const clock: Clock = { ...realClock, nowMs: () => realClock.nowMs() + aheadMs };
  const repeats = open(silentLog, clock);
  const once = (name: string): Promise<CallToolResult> => repeats.once({ ...key, key: name }, name, async () => done);
  await once("first");
  const [first = ""] = files();
  const longAgo = new Date(realClock.nowMs() - 25 * 3_600_000);
  utimesSync(join(folder, first), longAgo, longAgo);
  await once("second");
  expect(existsSync(join(folder, first))).toBe(true);
  aheadMs = 3_600_000;
  await once("third");
  expect([existsSync(join(folder, first)), files()]).toEqual([false, expect.objectContaining({ length: 2 })]);
});
