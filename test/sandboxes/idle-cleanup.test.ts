// Idle sandboxes end before their life does; those in use, kept or not made here do not. On a real server.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { managerOff } from "../../src/sandboxes/manager-settings.ts";
import { noBwrap } from "../local/harness.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

describe.skipIf(noBwrap !== null)(`lazy cleanup (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget();
  });
  afterAll(() => local.close());

  it(
    "ends what nobody uses, and neither what runs a program nor what the user keeps",
    { timeout: 60_000 },
    async () => {
      const manager = local.open({ owner: "idle", settings: { ...managerOff, idleSeconds: 1 } });
      const unused = await manager.create({ name: "unused" });
      const used = await manager.create({ name: "used" });
      const inUse = manager.execute(used.sandboxId, { command: "sleep 8" });
      const busy = await manager.create({ name: "busy" });
      const program = await manager.startProcess(busy.sandboxId, { command: "sleep 600", onStdout: () => undefined });
      const kept = await manager.create({ name: "kept", keep: true });
      const names = async (): Promise<string[]> => (await manager.list({ mine: true })).map(({ name }) => name).sort();
      await expect.poll(names, { timeout: 8_000, interval: 100 }).toEqual(["busy", "kept", "used"]);
      await inUse;
      await expect.poll(names, { timeout: 8_000, interval: 100 }).toEqual(["busy", "kept"]);
      await program.kill();
      await expect.poll(names, { timeout: 8_000, interval: 100 }).toEqual(["kept"]);
      expect(manager.counts().endedIdle).toBe(3);
      expect(manager.leases().map(({ state }) => state.kind)).toEqual(["released", "released", "released", "running"]);
      await expect(manager.info(unused.sandboxId)).rejects.toMatchObject({ code: "sandbox.not-found" });
      await manager.terminate(kept.sandboxId);
    },
  );
});
