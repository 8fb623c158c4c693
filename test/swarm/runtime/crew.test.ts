// Whom a new leader knows: everyone of whom the record says anything, and nobody twice.
import { expect, it } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { openMemoryStore } from "../../../src/memory/memory-store.ts";
import { readCrew } from "../../../src/swarm/runtime/crew.ts";

const by = { writer: "test", ttlSeconds: null };

it("knows an agent by its place, by its entry, or by both", async () => {
  const store = openMemoryStore({ clock: realClock });
  const post = { postId: "p1", role: "momentum", symbols: [], params: {} };
  const place = { sandboxId: "s1", processId: 7, publicKey: "k", post, sinceMs: 1 };
  await store.put("live", "places/placed", place, by);
  await store.put("live", "places/both", { ...place, sandboxId: "s2" }, by);
  await store.put("live", "agents/both", { capabilities: ["momentum"] }, by);
  await store.put("live", "agents/homeless", { capabilities: [] }, by);
  const { entries, places } = await readCrew(store, "live");
  expect(entries).toEqual([
    { kind: "agent", agentId: "both", capabilities: ["momentum"] },
    { kind: "agent", agentId: "placed", capabilities: [] },
    { kind: "agent", agentId: "homeless", capabilities: [] },
  ]);
  expect([...places]).toEqual([
    ["both", { ...place, sandboxId: "s2" }],
    ["placed", place],
  ]);
  await store.close();
});

it.each([
  ["agents/a1", 7],
  ["places/a1", { sandboxId: "s1" }],
])("refuses %s in another form", async (key, value) => {
  const store = openMemoryStore({ clock: realClock });
  await store.put("live", key, value, by);
  await expect(readCrew(store, "live")).rejects.toMatchObject({ code: "memory.corrupt", details: { key } });
  await store.close();
});
