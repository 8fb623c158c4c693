// A target that fails for a while, on a real server with its fault plane: the breaker opens, rests, tries and closes.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { realClock, type Clock } from "../../../src/host/clock.ts";
import { managerOff } from "../../../src/sandboxes/manager-settings.ts";
import { noBwrap } from "../../local/harness.ts";
import { localTarget, type LocalTarget } from "../local-target.ts";

describe.skipIf(noBwrap !== null)(`a sick target (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget({ faults: true });
  });
  afterEach(async () => local.faults?.clear());
  afterAll(() => local.close());

  it("is left in peace after three failures, tried once, and used again when it answers", async () => {
    let aheadNs = 0n;
    const clock: Clock = { ...realClock, monotonicNs: () => realClock.monotonicNs() + aheadNs };
    const pass = (seconds: number): void => void (aheadNs += BigInt(seconds) * 1_000_000_000n);
    const breaker = { failures: 3, openSeconds: 30 };
    const manager = local.open({ owner: "sick", clock, settings: { ...managerOff, breaker } });
    const running = await manager.create();
    const action = { kind: "answer", status: 500 } as const;
    const { id = "" } = (await local.faults?.plan({ action, match: { operation: "list" }, count: 4 })) ?? {};
    const attempted = async (): Promise<number | undefined> => (await local.faults?.get(id))?.attempted;
    for (let i = 0; i < 3; i++) await expect(manager.list()).rejects.toMatchObject({ code: "target.failed" });
    expect(manager.counts().breaker).toBe("open");
    for (let i = 0; i < 5; i++) await expect(manager.list()).rejects.toMatchObject({ code: "target.resting" });
    await expect(manager.create()).rejects.toMatchObject({ code: "target.resting" });
    // What runs costs: it is ended and seen to be gone all the same.
    expect(await manager.terminate(running.sandboxId)).toBe("terminated");
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["released", "failed"]);
    expect(await attempted()).toBe(3);
    pass(30);
    await expect(manager.list()).rejects.toMatchObject({ code: "target.failed" });
    expect(await attempted()).toBe(4);
    pass(30);
    await expect(manager.list()).rejects.toMatchObject({ code: "target.resting" });
    pass(30);
    expect(await manager.list({ mine: true })).toEqual([]);
    expect(manager.counts()).toMatchObject({ breaker: "closed", rested: 7 });
  });

  it("a question is asked again and its caller sees one answer", async () => {
    const manager = local.open({ owner: "again", settings: { ...managerOff, retries: { asks: 2, creates: 0 } } });
    const action = { kind: "drop", when: "after-effect" } as const;
    await local.faults?.plan({ action, match: { operation: "list" }, count: 2 });
    expect(await manager.list({ mine: true })).toEqual([]);
    expect(manager.counts()).toMatchObject({ sent: 3, retried: 2 });
  });
});
