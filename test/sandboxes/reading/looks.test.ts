// Looking at many sandboxes at once, on a real server: the answers are those of looking one by one, with fewer calls.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { managerOff } from "../../../src/sandboxes/manager-settings.ts";
import { noBwrap } from "../../local/harness.ts";
import { localTarget, type LocalTarget } from "../local-target.ts";

describe.skipIf(noBwrap !== null)(`looks (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget();
  });
  afterAll(() => local.close());

  it.each([
    [true, 2 + 4],
    [false, 3 * 4],
  ])("batch %s: four looks with everything are %i calls", async (batch, calls) => {
    const manager = local.open({ owner: `looks-${calls}`, settings: { ...managerOff, batch } });
    const made = await manager.createMany(4, { name: "one" });
    const ids = made.map(({ sandboxId }) => sandboxId);
    // A first call starts each sandbox's agent, which the metrics need.
    await Promise.all(ids.map((id) => manager.execute(id, { command: "true" })));
    const before = manager.counts().sent;
    const seen = await Promise.all(ids.map((id) => manager.status(id)));
    expect(manager.counts().sent - before).toBe(calls);
    expect(seen).toMatchObject(made.map((one) => ({ ...one, processesRunning: 0 })));
    for (const { metrics } of seen) expect(metrics?.memoryUsedMb).toBeGreaterThan(0);
    await manager.close();
  });

  it("one that is gone is not found, and the others are", async () => {
    const manager = local.open({ owner: "looks-gone" });
    const made = await manager.createMany(3);
    const gone = made[1]?.sandboxId ?? "";
    await local.open({ owner: "stranger" }).terminate(gone);
    const looks = await Promise.allSettled(made.map(({ sandboxId }) => manager.info(sandboxId)));
    expect(looks.map((one) => (one.status === "fulfilled" ? one.value : one.reason.code))).toEqual([
      made[0],
      "sandbox.not-found",
      made[2],
    ]);
    await manager.close();
  });

  it("ends many with one look for all of them, and each end is witnessed", async () => {
    const manager = local.open({ owner: "looks-ends", settings: { ...managerOff, batch: true } });
    const made = await manager.createMany(6);
    const before = manager.counts().sent;
    const ends = await Promise.all(made.map(({ sandboxId }) => manager.terminate(sandboxId)));
    expect(ends).toEqual(made.map(() => "terminated"));
    // Six ends, and fewer than six looks.
    expect(manager.counts().sent - before).toBeLessThan(12);
    expect(await manager.list({ mine: true })).toEqual([]);
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(made.map(() => "released"));
  });
});
