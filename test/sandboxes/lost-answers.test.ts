// Creates whose answer is lost, on a real server with its fault plane: however often that happens, there is one sandbox or none.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FaultPlan } from "../../src/contracts/fault-plan.ts";
import { noBwrap } from "../local/harness.ts";
import { managerDefaults, type ManagerSettings } from "../../src/sandboxes/manager-settings.ts";
import type { Sandboxes } from "../../src/sandboxes/open-sandboxes.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

const operation = "create";
const lost: FaultPlan["action"] = { kind: "drop", when: "after-effect" };
const never: FaultPlan["action"] = { kind: "drop", when: "before-effect" };

describe.skipIf(noBwrap !== null)(`a create without an answer (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  let owners = 0;
  beforeAll(async () => {
    local = await localTarget({ faults: true });
  });
  afterEach(async () => local.faults?.clear());
  afterAll(() => local.close());

  const open = (creates: number, more: Partial<ManagerSettings> = {}): Sandboxes =>
    local.open({
      owner: `lost-${(owners += 1)}`,
      settings: {
        ...managerDefaults,
        retries: { asks: 0, creates },
        breaker: { failures: 0, openSeconds: 1 },
        ...more,
      },
    });
  const plan = async (fault: FaultPlan): Promise<string> => (await local.faults?.plan(fault))?.id ?? "";
  const effectOf = (id: string) => expect.poll(async () => (await local.faults?.get(id))?.effect);
  const mine = async (manager: Sandboxes): Promise<string[]> =>
    (await manager.list({ mine: true })).map(({ sandboxId }) => sandboxId);

  it.each([0, 3])("finds the sandbox that was made and makes no second one (%i retries)", async (retries) => {
    const manager = open(retries);
    const fault = await plan({ action: lost, match: { operation } });
    const { sandboxId, template } = await manager.create({ template: "node", name: "found" });
    expect(await mine(manager)).toEqual([sandboxId]);
    await effectOf(fault).toBe("happened");
    expect(template).toBe("node");
    expect((await manager.execute(sandboxId, { command: "echo here" })).stdout).toBe("here\n");
    expect(manager.meters()).toMatchObject([{ sandboxId }]);
    await manager.close();
    expect(await mine(manager)).toEqual([]);
  });

  it("creates again only when nothing is there, and no more often than it may", async () => {
    const manager = open(2);
    const fault = await plan({ action: never, match: { operation }, count: 2 });
    const { sandboxId } = await manager.create();
    expect(await mine(manager)).toEqual([sandboxId]);
    expect((await local.faults?.get(fault))?.attempted).toBe(2);
    await plan({ action: never, match: { operation }, count: 3 });
    await expect(manager.create()).rejects.toMatchObject({ code: "target.unreachable" });
    expect(await mine(manager)).toEqual([sandboxId]);
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["running", "failed"]);
    await manager.close();
  });

  it("a look that is not answered is looked again: the sandbox is found, and no second one made", async () => {
    const manager = open(1);
    const created = await plan({ action: lost, match: { operation }, count: 2 });
    await plan({ action: never, match: { operation: "list" } });
    const { sandboxId } = await manager.create();
    expect(await mine(manager)).toEqual([sandboxId]);
    expect((await local.faults?.get(created))?.attempted).toBe(1);
    await manager.close();
    expect(await mine(manager)).toEqual([]);
  });

  it("one that could not be looked for is not made again, and ended when the manager closes", async () => {
    const manager = open(1);
    await plan({ action: lost, match: { operation } });
    await plan({ action: never, match: { operation: "list" }, count: 1_000 });
    await expect(manager.create()).rejects.toMatchObject({ code: "target.unreachable" });
    await local.faults?.clear();
    expect(await mine(manager)).toHaveLength(1);
    await manager.close();
    expect(await mine(manager)).toEqual([]);
  });

  it("an error of the target's own is no proof that nothing was made: it is looked for, too", async () => {
    const manager = open(1);
    await plan({ action: { kind: "answer", status: 500 }, match: { operation } });
    const { sandboxId } = await manager.create();
    expect(await mine(manager)).toEqual([sandboxId]);
    await plan({ action: { kind: "answer", status: 500 }, match: { operation }, count: 2 });
    await expect(manager.create()).rejects.toMatchObject({ code: "sandbox.create-failed" });
    await manager.close();
  });

  it("a kill whose answer was lost is an end all the same", async () => {
    const manager = open(0, { retries: { asks: 2, creates: 0 } });
    const { sandboxId } = await manager.create();
    await plan({ action: lost, match: { operation: "kill" } });
    expect(await manager.terminate(sandboxId)).toBe("terminated");
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["released"]);
    expect(await manager.terminate(sandboxId)).toBe("already-gone");
  });

  it("many at once with lost answers are as many sandboxes as leases", async () => {
    const manager = open(2);
    await plan({ action: lost, match: { operation }, count: 4, probability: 0.5, seed: 11 });
    const made = await manager.createMany(6);
    expect((await mine(manager)).sort()).toEqual(made.map(({ sandboxId }) => sandboxId).sort());
    await manager.close();
    expect(await mine(manager)).toEqual([]);
  });
});
