// Idle sandboxes end before their life does; those in use, kept or not made here do not. On a real server.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock, type Clock } from "../../src/host/clock.ts";
import { managerOff } from "../../src/sandboxes/manager-settings.ts";
import { noBwrap } from "../local/harness.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

describe.skipIf(noBwrap !== null)(`lazy cleanup (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget();
  });
  afterAll(() => local.close());

  it("ends what nobody uses, and neither what runs a program nor what the user keeps", async () => {
    let aheadNs = 0n;
    const clock: Clock = {
      ...realClock,
      monotonicNs: () => realClock.monotonicNs() + aheadNs,
      every: (_ms, call, options) => realClock.every(50, call, options),
    };
    const pass = (seconds: number): void => void (aheadNs += BigInt(seconds) * 1_000_000_000n);
    const manager = local.open({ owner: "idle", clock, settings: { ...managerOff, idleSeconds: 600 } });
    const [unused, used, busy, kept] = [
      await manager.create({ name: "unused" }),
      await manager.create({ name: "used" }),
      await manager.create({ name: "busy" }),
      await manager.create({ name: "kept", keep: true }),
    ];
    const program = await manager.startProcess(busy.sandboxId, { command: "sleep 600", onStdout: () => undefined });
    const names = async (): Promise<string[]> => (await manager.list({ mine: true })).map(({ name }) => name).sort();
    const left = (...wanted: string[]) => expect.poll(names, { timeout: 20_000, interval: 100 }).toEqual(wanted);
    pass(500);
    await manager.execute(used.sandboxId, { command: "true" });
    pass(200);
    await left("busy", "kept", "used");
    pass(700);
    await left("busy", "kept");
    await program.kill();
    await program.ended;
    pass(700);
    await left("kept");
    await expect.poll(() => manager.counts().endedIdle, { timeout: 20_000 }).toBe(3);
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["released", "released", "released", "running"]);
    await expect(manager.info(unused.sandboxId)).rejects.toMatchObject({ code: "sandbox.not-found" });
    await manager.terminate(kept.sandboxId);
  }, 60_000);
});
