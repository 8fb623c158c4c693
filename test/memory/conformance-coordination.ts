// The second part of the suite for every store: leases and fences, watches, queues.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change, RecordStore } from "../../src/contracts/record-store.ts";
import { exports } from "./conformance-exports.ts";
import type { Subject } from "./conformance.ts";

const by = { writer: "tester" } as const;

export function coordinationConformance(name: string, open: () => Promise<Subject>): void {
  describe(`${name} conforms to the contract of coordination`, () => {
    let subject: Subject;
    let store: RecordStore;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(async () => {
      await store.close();
      subject.remove();
    });
    leases(() => subject);
    watches(() => subject);
    queues(() => subject);
    exports(() => subject);

    it("refuses a value that is not what its key promises", async () => {
      const key = "swarm/research-1/market_data";
      const good = { symbol: "BTC/USD", price: 43_250.5, volume: 1, timestamp: "2025-11-14T00:55:15Z", source: "tape" };
      expect(await store.put("e2b-swarm-test", key, good, by)).toMatchObject({ version: 1, value: good });
      await expect(store.put("e2b-swarm-test", key, { ...good, price: -1 }, by)).rejects.toMatchObject({
        code: "memory.schema",
        details: { key, schema: "record.market-data" },
      });
      await expect(store.compareAndSet("e2b-swarm-test", key, 1, "text", by)).rejects.toMatchObject({
        code: "memory.schema",
      });
      expect(await store.get("e2b-swarm-test", key)).toMatchObject({ version: 1 });
    });
  });
}

function leases(at: () => Subject): void {
  it("gives a lease to one holder at a time, with a token that only grows", async () => {
    const { store, advance } = at();
    const lease = store.lease("swarm", "leader");
    expect(await lease.read()).toBeNull();
    const first = await lease.acquire({ holder: "one", ttlMs: 5_000 });
    expect(first).toMatchObject({ outcome: "held", lease: { name: "leader", holder: "one", token: 1 } });
    expect(await lease.acquire({ holder: "one", ttlMs: 5_000 })).toMatchObject({
      outcome: "held",
      lease: { token: 1 },
    });
    expect(await lease.acquire({ holder: "two", ttlMs: 5_000 })).toMatchObject({
      outcome: "busy",
      lease: { holder: "one", token: 1 },
    });
    await advance(3_000);
    expect(await lease.renew(1, 5_000)).toMatchObject({ outcome: "held", lease: { token: 1 } });
    await advance(3_000);
    expect(await lease.read()).toMatchObject({ holder: "one", token: 1 });
    await advance(3_000);
    expect(await lease.read()).toBeNull();
    expect(await lease.renew(1, 5_000)).toEqual({ outcome: "lost" });
    expect(await lease.acquire({ holder: "one", ttlMs: 5_000 })).toMatchObject({ lease: { token: 2 } });
    expect(await lease.release(1)).toBe(false);
    expect(await lease.release(2)).toBe(true);
    expect(await lease.release(2)).toBe(false);
    expect(await lease.acquire({ holder: "two", ttlMs: 5_000 })).toMatchObject({ lease: { holder: "two", token: 3 } });
    await store.deleteNamespace("swarm");
    await advance(6_000);
    expect(await lease.acquire({ holder: "one", ttlMs: 5_000 })).toMatchObject({ lease: { token: 4 } });
  });

  it("lets exactly one of many that ask at once hold it", async () => {
    const lease = at().store.lease("swarm", "leader");
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, i) => lease.acquire({ holder: `h${i}`, ttlMs: 60_000 })),
    );
    expect(asked.filter(({ outcome }) => outcome === "held")).toHaveLength(1);
  });

  it("refuses every kind of write under a token that is stale, and takes it under the present one", async () => {
    const { store, advance } = at();
    const lease = store.lease("swarm", "leader");
    await lease.acquire({ holder: "old", ttlMs: 5_000 });
    const old = { ...by, fence: lease.fence(1) };
    const queue = store.queue("work", "q");
    expect(await store.put("work", "x", 1, old)).toMatchObject({ version: 1 });
    await queue.push([{ taskId: "t", payload: 1 }], old);
    const [claim] = await queue.claim({ ...old, leaseMs: 60_000 });
    await advance(6_000);
    const fenced = { code: "memory.fenced", details: { lease: "leader", token: 1 } };
    await expect(store.put("work", "x", 2, old)).rejects.toMatchObject(fenced);
    await lease.acquire({ holder: "next", ttlMs: 60_000 });
    const refused = [
      () => store.put("work", "x", 2, old),
      () => store.compareAndSet("work", "x", 1, 2, old),
      () => store.delete("work", "x", old),
      () => store.deleteNamespace("work", old),
      () => queue.push([{ taskId: "u", payload: 1 }], old),
      () => queue.claim({ ...old, leaseMs: 1_000 }),
      () => queue.acknowledge(claim!, 1, old),
      () => queue.extend(claim!, 1_000, old),
      () => queue.release(claim!, old),
      () => queue.revive(["t"], old),
    ];
    for (const write of refused) await expect(write()).rejects.toMatchObject(fenced);
    expect(await store.get("work", "x")).toMatchObject({ value: 1, version: 1 });
    const now = { ...by, fence: lease.fence(2) };
    expect(await store.put("work", "x", 2, now)).toMatchObject({ version: 2 });
    expect(await queue.acknowledge(claim!, "late but entitled", now)).toEqual({ outcome: "done" });
  });
}

async function take(changes: AsyncIterable<Change>, count: number): Promise<Change[]> {
  const taken: Change[] = [];
  for await (const change of changes) if (taken.push(change) >= count) break;
  return taken;
}

const brief = (change: Change): string =>
  change.kind === "put"
    ? `${change.seq} put ${change.entry.key}=${JSON.stringify(change.entry.value)}`
    : `${change.seq} ${change.kind}`;

function watches(at: () => Subject): void {
  it("tells every change once, in order, and resumes anywhere", async () => {
    const { store } = at();
    const seen = take(store.watch("a", { from: 0 }), 60);
    for (let i = 0; i < 25; i++) await Promise.all([store.put("a", `k${i % 3}`, i, by), store.put("b", "x", i, by)]);
    await store.delete("a", "k0", by);
    await Promise.all(Array.from({ length: 34 }, (_, i) => store.put("a", `p${i}`, i, by)));
    const changes = await seen;
    expect(changes.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(brief(changes[25]!)).toBe("26 delete");
    const again = await take(store.watch("a", { from: 24 }), 36);
    expect(again).toEqual(changes.slice(24));
    expect((await take(store.watch("a", { from: 0, prefix: "k1" }), 8)).map(brief)).toEqual(
      [1, 4, 7, 10, 13, 16, 19, 22].map((i) => `${i + 1} put k1=${i}`),
    );
    expect(await store.position("a")).toBe(60);
  });

  it("begins after the position it is told, hears of a cleared namespace, and ends when told", async () => {
    const { store } = at();
    await store.put("a", "before", 1, by);
    const ending = new AbortController();
    const seen: Change[] = [];
    // Read before the writes below start: beside them, another connection may read the position they leave.
    const from = await store.position("a");
    const watching = (async () => {
      for await (const change of store.watch("a", { signal: ending.signal, from })) {
        seen.push(change);
        if (change.kind === "clear") ending.abort();
      }
    })();
    await store.put("a", "after", 2, by);
    await store.deleteNamespace("a");
    await watching;
    expect(seen.at(-1)).toEqual({ kind: "clear", seq: 3 });
    expect(seen.every((change) => change.seq > 1)).toBe(true);
  });

  it("says that a position is of another record", async () => {
    const { store } = at();
    await store.put("a", "x", 1, by);
    const lost = { code: "memory.compacted" };
    await expect(take(store.watch("a", { from: 7 }), 1)).rejects.toMatchObject(lost);
  });
}

/** Apart, because it takes eleven thousand writes. */
export function trimmingConformance(name: string, open: () => Promise<Subject>): void {
  it(`${name} keeps the last ten thousand changes, and says so when asked for older ones`, async () => {
    const { store, remove } = await open();
    const lost = { code: "memory.compacted" };
    for (let i = 0; i < 11; i++) await Promise.all(Array.from({ length: 1_000 }, () => store.put("a", "x", i, by)));
    await expect(take(store.watch("a", { from: 1 }), 1)).rejects.toMatchObject({ ...lost, details: { kept: 1_000 } });
    expect((await take(store.watch("a", { from: 1_000 }), 1)).map(({ seq }) => seq)).toEqual([1_001]);
    expect(await store.get("a", "x")).toMatchObject({ version: 11_000 });
    await store.close();
    remove();
  });
}

function queues(at: () => Subject): void {
  it("hands each task to one worker, oldest first, and keeps its result", async () => {
    const queue = at().store.queue("work", "q");
    const tasks = Array.from({ length: 6 }, (_, i) => ({ taskId: `t${i}`, payload: { i } }));
    expect(await queue.push(tasks, by)).toEqual({ outcome: "pushed", added: 6, known: 0 });
    const [one, two] = await Promise.all([
      queue.claim({ writer: "one", leaseMs: 60_000, max: 3 }),
      queue.claim({ writer: "two", leaseMs: 60_000, max: 3 }),
    ]);
    expect([...one, ...two].map(({ taskId }) => taskId).sort()).toEqual(["t0", "t1", "t2", "t3", "t4", "t5"]);
    expect(one[0]).toMatchObject({ payload: { i: Number(one[0]!.taskId.slice(1)) }, token: 1, attempt: 1 });
    expect(await queue.claim({ ...by, leaseMs: 60_000 })).toEqual([]);
    const finished = { ...by, entry: { key: "result/t" } };
    expect(await queue.acknowledge(one[0]!, { ok: 1 }, finished)).toEqual({ outcome: "done" });
    expect(await queue.acknowledge(one[0]!, { ok: 1 }, finished)).toEqual({ outcome: "done" });
    expect(await queue.acknowledge(one[0]!, { ok: 2 }, finished)).toEqual({ outcome: "fenced" });
    expect(await at().store.get("work", "result/t")).toMatchObject({ value: { ok: 1 }, version: 1 });
    expect(await queue.read(one[0]!.taskId)).toMatchObject({
      state: "done",
      result: { ok: 1 },
      worker: "one",
      attempts: 1,
    });
    expect(await queue.counts()).toEqual({ ready: 0, claimed: 5, done: 1, dead: 0 });
    expect(await queue.push([tasks[0]!], by)).toEqual({ outcome: "pushed", added: 0, known: 1 });
    await expect(queue.push([{ taskId: "t0", payload: "another" }], by)).rejects.toMatchObject({
      code: "memory.conflict",
    });
    expect(await queue.read("nothing")).toBeNull();
  });

  it("gives a silent worker's task to another and fences the one that was only slow", async () => {
    const { store, advance } = at();
    const queue = store.queue("work", "q");
    await queue.push([{ taskId: "t", payload: null }], by);
    const [slow] = await queue.claim({ writer: "slow", leaseMs: 5_000 });
    await advance(3_000);
    expect(await queue.extend(slow!, 5_000, by)).toEqual({ outcome: "done" });
    await advance(3_000);
    expect(await queue.claim({ writer: "next", leaseMs: 5_000 })).toEqual([]);
    await advance(3_000);
    const [next] = await queue.claim({ writer: "next", leaseMs: 60_000 });
    expect(next).toMatchObject({ taskId: "t", token: 2, attempt: 2 });
    expect(await queue.acknowledge(slow!, "slow", by)).toEqual({ outcome: "fenced" });
    expect(await queue.extend(slow!, 5_000, by)).toEqual({ outcome: "fenced" });
    expect(await queue.release(slow!, by)).toEqual({ outcome: "fenced" });
    expect(await queue.acknowledge(next!, "next", by)).toEqual({ outcome: "done" });
    expect(await queue.read("t")).toMatchObject({ state: "done", result: "next", worker: "next" });
    expect(await queue.acknowledge({ taskId: "unknown", token: 1 }, 1, by)).toEqual({ outcome: "fenced" });
  });

  it("sends a task to the dead letters after its last attempt, however it failed, and revives it", async () => {
    const { store, advance } = at();
    const queue = store.queue("work", "q", { maxAttempts: 2 });
    await queue.push(
      [
        { taskId: "given-back", payload: 1 },
        { taskId: "lost", payload: 2 },
      ],
      by,
    );
    for (let attempt = 1; attempt <= 2; attempt++) {
      const claims = await queue.claim({ ...by, leaseMs: 5_000, max: 2 });
      expect(claims.map((claim) => claim.attempt)).toEqual([attempt, attempt]);
      await queue.release(
        claims.find(({ taskId }) => taskId === "given-back")!,
        { ...by, reason: "no data" },
      );
      await advance(6_000);
    }
    expect(await queue.claim({ ...by, leaseMs: 5_000, max: 2 })).toEqual([]);
    expect(await queue.counts()).toEqual({ ready: 0, claimed: 0, done: 0, dead: 2 });
    expect(await queue.dead()).toMatchObject([
      { taskId: "given-back", state: "dead", attempts: 2, reason: "no data" },
      { taskId: "lost", state: "dead", attempts: 2, reason: null },
    ]);
    expect((await queue.dead("given-back")).map(({ taskId }) => taskId)).toEqual(["lost"]);
    expect(await queue.acknowledge({ taskId: "lost", token: 2 }, 1, by)).toEqual({ outcome: "fenced" });
    expect(await queue.revive(["given-back", "lost", "unknown"], by)).toBe(2);
    const revived = await queue.claim({ ...by, leaseMs: 5_000, max: 2 });
    expect(revived).toMatchObject([
      { attempt: 1, token: 3 },
      { attempt: 1, token: 3 },
    ]);
  });

  it("answers full and drops nothing; dead and done tasks make room", async () => {
    const { store, advance } = at();
    const queue = store.queue("work", "q", { limit: 3, maxAttempts: 1 });
    const task = (taskId: string) => ({ taskId, payload: taskId });
    expect(await queue.push(["a", "b"].map(task), by)).toMatchObject({ added: 2 });
    expect(await queue.push(["c", "d"].map(task), by)).toEqual({ outcome: "full", open: 2, limit: 3 });
    expect(await queue.read("c")).toBeNull();
    expect(await queue.push(["a", "c"].map(task), by)).toEqual({ outcome: "pushed", added: 1, known: 1 });
    const [a] = await queue.claim({ ...by, leaseMs: 5_000 });
    expect(await queue.push(["d"].map(task), by)).toMatchObject({ outcome: "full", open: 3 });
    await queue.acknowledge(a!, "done", by);
    expect(await queue.push(["d"].map(task), by)).toMatchObject({ outcome: "pushed" });
    await queue.claim({ ...by, leaseMs: 5_000 });
    await advance(6_000);
    expect(await queue.push(["e"].map(task), by)).toMatchObject({ outcome: "pushed" });
    expect(await queue.counts()).toEqual({ ready: 3, claimed: 0, done: 1, dead: 1 });
  });

  it("waits with a task that was given back with a delay", async () => {
    const { store, advance } = at();
    const queue = store.queue("work", "q");
    await queue.push([{ taskId: "t", payload: 1 }], by);
    const [claim] = await queue.claim({ ...by, leaseMs: 60_000 });
    await queue.release(claim!, { ...by, delayMs: 5_000 });
    expect(await queue.claim({ ...by, leaseMs: 60_000 })).toEqual([]);
    await advance(6_000);
    expect(await queue.claim({ ...by, leaseMs: 60_000 })).toMatchObject([{ taskId: "t", attempt: 2 }]);
  });

  it("refuses leases, sizes and ids that make no sense", async () => {
    const queue = at().store.queue("work", "q");
    const invalid = { code: "usage.invalid" };
    await expect(queue.claim({ ...by, leaseMs: 0 })).rejects.toMatchObject(invalid);
    await expect(queue.claim({ ...by, leaseMs: 1_000, max: 0 })).rejects.toMatchObject(invalid);
    await expect(queue.push([], by)).rejects.toMatchObject(invalid);
    const twice = [1, 2].map((payload) => ({ taskId: "t", payload }));
    await expect(queue.push(twice, by)).rejects.toMatchObject(invalid);
    expect(() => at().store.queue("work", "q", { limit: 0 })).toThrow("[usage.invalid]");
  });
}
