// The third part of the suite for every store: what goes out of one goes into any other, or nothing does.
import { expect, it } from "vitest";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { simulatedClock } from "../../src/host/clock.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import type { Subject } from "./conformance.ts";

const by = { writer: "tester" } as const;

async function linesOf(store: RecordStore, namespace?: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of store.export(namespace)) lines.push(line);
  return lines;
}

export function exports(at: () => Subject): void {
  const fill = async (store: RecordStore): Promise<void> => {
    await store.put("a", "x", { n: 1 }, { ...by, ttlSeconds: null });
    await store.put("a", "x", { n: 2 }, { ...by, ttlSeconds: null });
    await store.put("a", "gone", 1, by);
    await store.delete("a", "gone", by);
    await store.put("b", "y", "é\u{1F600}", { ...by, ttlSeconds: null });
    await store.lease("a", "leader").acquire({ holder: "one", ttlMs: 60_000 });
    const queue = store.queue("a", "q");
    await queue.push(
      ["t", "u"].map((taskId) => ({ taskId, payload: taskId })),
      by,
    );
    const [claim] = await queue.claim({ ...by, leaseMs: 86_400_000 });
    await queue.acknowledge(claim!, "result", by);
  };

  it("goes out as lines and into another store, the same bytes again", async () => {
    const { store } = at();
    await fill(store);
    const lines = await linesOf(store);
    const clock = simulatedClock(1_000_000);
    const other = openMemoryStore({ clock });
    expect(await other.import(lines)).toEqual({ namespaces: 2, entries: 2, leases: 1, tasks: 2 });
    expect(await linesOf(other)).toEqual(lines);
    expect(await other.get("a", "x")).toEqual(await store.get("a", "x"));
    expect(await other.queue("a", "q").read("t")).toMatchObject({ state: "done", result: "result" });
    expect((await other.queue("a", "q").claim({ ...by, leaseMs: 1_000 })).length).toBeLessThanOrEqual(1);
    expect(await other.put("a", "gone", 2, by)).toMatchObject({ version: 2 });
    await expect(other.import(lines)).rejects.toMatchObject({ code: "memory.conflict" });
    const only = await linesOf(store, "b");
    expect(only).toHaveLength(4);
    await other.close();
  });

  it("takes in what another store gave out", async () => {
    const other = openMemoryStore({ clock: simulatedClock(1_000_000) });
    await fill(other);
    const lines = await linesOf(other);
    expect(await at().store.import(lines)).toEqual({ namespaces: 2, entries: 2, leases: 1, tasks: 2 });
    expect(await linesOf(at().store)).toEqual(lines);
    await other.close();
  });

  it("refuses an export that is cut, altered or of another version, and writes nothing", async () => {
    const { store } = at();
    const other = openMemoryStore({ clock: simulatedClock() });
    await fill(other);
    const lines = await linesOf(other);
    const altered = lines.map((line) => line.replace('{\\"n\\":2}', '{\\"n\\":3}'));
    expect(altered).not.toEqual(lines);
    for (const bad of [lines.slice(0, -1), lines.slice(1), altered, [...lines, "{}"], ["not JSON"], []]) {
      await expect(store.import(bad)).rejects.toMatchObject({ code: "memory.export" });
    }
    expect(await linesOf(store)).toHaveLength(2);
    await other.close();
  });
}
