// One suite for every store: what the contract promises, whatever keeps the bytes.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { simulatedClock, type Clock } from "../../src/host/clock.ts";

export interface Subject {
  readonly store: RecordStore;
  /** What the store's clock says at first, or null when nobody can set it. */
  readonly startsAtMs: number | null;
  /** Lets the store's time go by. */
  readonly advance: (ms: number) => Promise<void>;
  readonly remove: () => void;
}

/** A subject whose clock stands still until told to move. */
export async function subjectOn(open: (clock: Clock) => Promise<RecordStore>): Promise<Subject> {
  const clock = simulatedClock(1_000_000);
  const advance = (ms: number): Promise<void> => clock.advance(ms);
  return { store: await open(clock), startsAtMs: 1_000_000, advance, remove: () => undefined };
}

export function conformance(name: string, open: () => Promise<Subject>): void {
  describe(`${name} conforms to the record's contract`, () => {
    let subject: Subject;
    let store: RecordStore;
    const by = { writer: "tester" } as const;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(async () => {
      await store.close();
      subject.remove();
    });

    it("answers a put with the whole entry and reads it back", async () => {
      const entry = await store.put("swarm", "research-1/market_data", { price: 109.99, list: [1, null] }, by);
      expect(entry).toEqual({
        namespace: "swarm",
        key: "research-1/market_data",
        value: { price: 109.99, list: [1, null] },
        version: 1,
        seq: 1,
        writer: "tester",
        sha256: "ef14f0ce973af0f8f54177cd9c0b34ad470a41a679a500b60ad0effb679efb0e",
        bytes: 32,
        writtenAtMs: subject.startsAtMs ?? entry.writtenAtMs,
        expiresAtMs: (subject.startsAtMs ?? entry.writtenAtMs) + 3_600_000,
      });
      expect(await store.get("swarm", "research-1/market_data")).toEqual(entry);
      expect(await store.get("swarm", "nothing")).toBeNull();
      expect(await store.get("nowhere", "nothing")).toBeNull();
    });

    it("counts versions per key and one sequence per namespace", async () => {
      await store.put("a", "x", 1, by);
      await store.put("a", "y", 1, by);
      const second = await store.put("a", "x", 2, by);
      const other = await store.put("b", "x", 1, by);
      expect([second.version, second.seq, other.version, other.seq]).toEqual([2, 3, 1, 1]);
    });

    it("never gives out a version again: not after a delete, an expiry or the end of a namespace", async () => {
      await store.put("a", "x", 1, by);
      await store.put("a", "x", 2, by);
      expect(await store.delete("a", "x", by)).toBe(true);
      expect(await store.delete("a", "x", by)).toBe(false);
      expect(await store.get("a", "x")).toBeNull();
      expect((await store.put("a", "x", 3, { ...by, ttlSeconds: 1 })).version).toBe(3);
      await subject.advance(1_000);
      expect((await store.put("a", "x", 4, by)).version).toBe(4);
      expect(await store.deleteNamespace("a")).toBe(1);
      expect((await store.put("a", "x", 5, by)).version).toBeGreaterThan(4);
    });

    it("judges expiry by its own clock, with 3,600 seconds as default and null as for ever", async () => {
      await store.put("a", "default", 1, by);
      await store.put("a", "short", 1, { ...by, ttlSeconds: 60 });
      await store.put("a", "ever", 1, { ...by, ttlSeconds: null });
      await subject.advance(subject.startsAtMs === null ? 30_000 : 59_999);
      expect((await store.list("a")).map((entry) => entry.key)).toEqual(["default", "ever", "short"]);
      await subject.advance(subject.startsAtMs === null ? 30_000 : 1);
      expect(await store.get("a", "short")).toBeNull();
      expect(await store.delete("a", "short", by)).toBe(false);
      await subject.advance(3_600_000);
      expect((await store.list("a")).map((entry) => entry.key)).toEqual(["ever"]);
    });

    it("sets only over the version it was told", async () => {
      const first = await store.compareAndSet("a", "x", 0, "one", by);
      expect(first).toMatchObject({ outcome: "written", entry: { version: 1, value: "one" } });
      const stale = await store.compareAndSet("a", "x", 0, "two", by);
      expect(stale).toMatchObject({ outcome: "conflict", current: { version: 1, value: "one" } });
      expect(await store.compareAndSet("a", "x", 1, "two", by)).toMatchObject({ outcome: "written" });
      await store.delete("a", "x", by);
      expect(await store.compareAndSet("a", "x", 2, "three", by)).toEqual({ outcome: "conflict", current: null });
      expect(await store.compareAndSet("a", "x", 0, "three", { ...by, ttlSeconds: 1 })).toMatchObject({
        entry: { version: 3 },
      });
      await subject.advance(1_000);
      expect(await store.compareAndSet("a", "x", 3, "four", by)).toEqual({ outcome: "conflict", current: null });
      expect(await store.compareAndSet("a", "x", 0, "four", by)).toMatchObject({ entry: { version: 4 } });
    });

    it("lets exactly one of many concurrent writers win a version", async () => {
      const tries = Array.from({ length: 20 }, (_, i) => store.compareAndSet("a", "x", 0, i, by));
      const won = (await Promise.all(tries)).filter((result) => result.outcome === "written");
      expect(won).toHaveLength(1);
      expect((await store.get("a", "x"))?.version).toBe(1);
    });

    it("lists by prefix, by key, without treating the prefix as a pattern", async () => {
      for (const key of [
        "swarm/b",
        "swarm/a",
        "swarm",
        "swarmx",
        "sw%",
        "swarm/é",
        "swarm/\u{1F600}",
        "swarm/\uFFFD",
      ]) {
        await store.put("a", key, key, by);
      }
      const keys = async (prefix?: string): Promise<string[]> => (await store.list("a", prefix)).map(({ key }) => key);
      expect(await keys("swarm/")).toEqual(["swarm/a", "swarm/b", "swarm/é", "swarm/\uFFFD", "swarm/\u{1F600}"]);
      expect(await keys("sw%")).toEqual(["sw%"]);
      expect(await keys("sw_")).toEqual([]);
      expect(await keys()).toHaveLength(8);
    });

    it("removes one namespace and leaves the others", async () => {
      await store.put("a", "x", 1, by);
      await store.put("a", "y", 1, { ...by, ttlSeconds: 1 });
      await store.put("b", "x", 1, by);
      await subject.advance(1_000);
      expect(await store.deleteNamespace("a")).toBe(1);
      expect(await store.deleteNamespace("a")).toBe(0);
      expect(await store.deleteNamespace("nowhere")).toBe(0);
      expect([await store.list("a"), (await store.list("b")).length]).toEqual([[], 1]);
    });

    it("accepts a value of exactly 1 MiB and refuses one byte more", async () => {
      const fits = await store.put("a", "x", "v".repeat(1_048_574), by);
      expect(fits.bytes).toBe(1_048_576);
      await expect(store.put("a", "x", "v".repeat(1_048_575), by)).rejects.toMatchObject({
        code: "memory.too-large",
        details: { bytes: 1_048_577, limit: 1_048_576 },
      });
      expect((await store.get("a", "x"))?.version).toBe(1);
    });

    it("refuses names, values and lives that it could not give back", async () => {
      const invalid = { code: "usage.invalid" };
      await expect(store.put("", "x", 1, by)).rejects.toMatchObject(invalid);
      await expect(store.put("a", "x\u0000y", 1, by)).rejects.toMatchObject(invalid);
      await expect(store.put("a", "x\uD800", 1, by)).rejects.toMatchObject(invalid);
      await expect(store.put("a", "k".repeat(513), 1, by)).rejects.toMatchObject(invalid);
      await expect(store.put("a", "x", Number.NaN, by)).rejects.toMatchObject(invalid);
      await expect(store.put("a", "x", 1, { writer: "" })).rejects.toMatchObject(invalid);
      await expect(store.put("a", "x", 1, { ...by, ttlSeconds: 0 })).rejects.toMatchObject(invalid);
    });

    it("keeps its own copy of a value", async () => {
      const value = { list: [1] };
      const entry = await store.put("a", "x", value, by);
      value.list.push(2);
      expect([entry.value, (await store.get("a", "x"))?.value]).toEqual([{ list: [1] }, { list: [1] }]);
    });

    it("stays bounded and keeps its promise about versions when it forgets deleted keys", async () => {
      await store.put("a", "x", 1, by);
      await store.put("a", "x", 2, by);
      await store.delete("a", "x", by);
      await subject.advance(2 * 86_400_000);
      await Promise.all(Array.from({ length: 2_001 }, (_, i) => store.put("b", `k${i}`, i, by)));
      expect((await store.put("a", "x", 3, by)).version).toBe(3);
    });

    it("is of no use once closed", async () => {
      await store.close();
      await expect(store.get("a", "x")).rejects.toMatchObject({ code: "memory.unavailable" });
      await expect(store.put("a", "x", 1, by)).rejects.toMatchObject({ code: "memory.unavailable" });
    });
  });
}
