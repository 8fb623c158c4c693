// What outlives the process: ids that prove themselves, the key, the records, the events.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openEventLog } from "../../../../src/doors/mcp/http/event-log.ts";
import { makeSessionId, sessionName } from "../../../../src/doors/mcp/http/session-ids.ts";
import { openSessionStore } from "../../../../src/doors/mcp/http/session-store.ts";
import { realClock } from "../../../../src/host/clock.ts";
import { seededRandom, systemRandom } from "../../../../src/host/random.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "e2b-swarm-sessions-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("ids", () => {
  const key = Buffer.alloc(32, 1);
  test("prove their key and subject, and nothing else does", () => {
    const id = makeSessionId(key, "desk", seededRandom(1));
    expect(sessionName(key, "desk", id)).toBe(id.split(".")[0]);
    expect(sessionName(key, "other", id)).toBeNull();
    expect(sessionName(Buffer.alloc(32, 2), "desk", id)).toBeNull();
    for (const wrong of ["", "x", `${id} `, id.slice(1), `../${id}`, id.toUpperCase()]) {
      expect(sessionName(key, "desk", wrong)).toBeNull();
    }
  });
});

describe("the store", () => {
  test("keeps one key, with rights for nobody else, and records until they end", () => {
    const first = openSessionStore(folder, realClock, systemRandom);
    const second = openSessionStore(folder, realClock, systemRandom);
    expect(second.key).toEqual(first.key);
    expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
    expect(first.begin("a", { protocolVersion: "x" })).toBe(true);
    expect(second.find("a")).toEqual({ protocolVersion: "x" });
    expect(statSync(join(folder, "sessions/a.json")).mode & 0o777).toBe(0o600);
    first.end("a");
    expect([second.find("a"), second.find("never")]).toEqual([null, null]);
  });

  test("a session nobody used for a day is forgotten when another begins, looked for every ten minutes", () => {
    let aheadMs = 0;
    const store = openSessionStore(folder, { ...realClock, nowMs: () => realClock.nowMs() + aheadMs }, systemRandom);
    store.begin("old", {});
    const longAgo = new Date(realClock.nowMs() - 25 * 3_600_000);
    utimesSync(join(folder, "sessions/old.json"), longAgo, longAgo);
    store.begin("new", {});
    expect([store.find("old"), store.find("new")]).toEqual([{}, {}]);
    aheadMs = 10 * 60_000;
    store.begin("newest", {});
    expect([store.find("old"), store.find("new"), store.find("newest")]).toEqual([null, {}, {}]);
  });

  test("no more than ten thousand are kept; each that ends makes room for one", () => {
    mkdirSync(join(folder, "sessions"));
    for (let n = 0; n < 10_000; n += 1) writeFileSync(join(folder, `sessions/${n}.json`), "{}");
    const store = openSessionStore(folder, realClock, systemRandom);
    expect(store.begin("one too many", {})).toBe(false);
    store.end("7");
    store.end("7");
    expect([store.begin("fits", {}), store.begin("does not", {})]).toEqual([true, false]);
  });

  test("a damaged key and an unwritable folder are named", () => {
    writeFileSync(join(folder, "key"), "short");
    expect(() => openSessionStore(folder, realClock, systemRandom)).toThrow("[state.corrupt]");
    expect(() => openSessionStore(join(folder, "key/below"), realClock, systemRandom)).toThrow("[state.unwritable]");
  });
});

describe("events", () => {
  /** The transport's own first event of a stream is an empty object. */
  const priming = {} as JSONRPCMessage;
  const ping = (id: number) => ({ jsonrpc: "2.0" as const, id, method: "ping" });
  const answer = (id: number) => ({ jsonrpc: "2.0" as const, id, result: {} });
  const replay = async (log: ReturnType<typeof openEventLog>, after: string) => {
    const seen: unknown[] = [];
    const stream = await log.replayEventsAfter(after, { send: async (_id, message) => void seen.push(message) });
    return { stream, seen };
  };
  const open = (request?: number, limits: object = {}) =>
    openEventLog({ path: join(folder, "events"), request: () => request, ...limits });

  test("are replayed per stream, exactly, by the next process too, and a line cut off by a crash is none", async () => {
    const log = open(7);
    const first = await log.storeEvent("a", priming);
    await log.storeEvent("b", ping(1));
    await log.storeEvent("a", ping(2));
    const last = await log.storeEvent("a", answer(7));
    appendFileSync(join(folder, "events"), '{"seq":5,"stream":"a","mess');
    const next = open();
    expect(await replay(next, first)).toEqual({ stream: "a", seen: [ping(2), answer(7)] });
    expect(await replay(next, last)).toEqual({ stream: "a", seen: [] });
    expect(await next.getStreamIdForEventId?.(first)).toBe("a");
    expect(await next.getStreamIdForEventId?.("1.b")).toBeUndefined();
    await expect(replay(next, "9.a")).rejects.toThrow("No such event");
    // What is written after the torn line is an event of its own for the process after that.
    await next.storeEvent("a", ping(3));
    expect((await replay(open(), last)).seen).toEqual([ping(3)]);
  });

  test("know which requests were never answered", async () => {
    await open(7).storeEvent("a", priming);
    await open(8).storeEvent("b", priming);
    await open().storeEvent("b", answer(8));
    // The answer to another request does not count, and neither does one in another stream.
    await open().storeEvent("b", answer(7));
    expect(open().unfinished()).toEqual([{ stream: "a", request: 7 }]);
  });

  test("are bounded by number and by size; the oldest go first", async () => {
    const log = open(undefined, { maxEvents: 10 });
    const ids: string[] = [];
    for (let n = 0; n < 25; n += 1) ids.push(await log.storeEvent("a", ping(n)));
    expect(readFileSync(join(folder, "events"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(10);
    expect(await log.getStreamIdForEventId?.(ids[0] ?? "")).toBeUndefined();
    expect((await replay(log, ids[23] ?? "")).seen).toEqual([ping(24)]);
    const small = open(undefined, { maxBytes: 500 });
    for (let n = 0; n < 25; n += 1) await small.storeEvent("a", ping(n));
    expect(readFileSync(join(folder, "events"), "utf8").length).toBeLessThan(600);
  });
});
