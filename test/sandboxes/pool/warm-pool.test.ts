// The pool over a real server: what is handed out again, what is not, and what is left when its process is gone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock, type Clock } from "../../../src/host/clock.ts";
import { managerOff, type PoolSettings } from "../../../src/sandboxes/manager-settings.ts";
import type { Sandboxes, SandboxesOptions } from "../../../src/sandboxes/open-sandboxes.ts";
import { noBwrap } from "../../local/harness.ts";
import { localTarget, type LocalTarget } from "../local-target.ts";

describe.skipIf(noBwrap !== null)(`the pool (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  let owners = 0;
  beforeAll(async () => {
    local = await localTarget({ faults: true });
  });
  afterAll(() => local.close());

  const open = (
    pool: Partial<PoolSettings>,
    more: Partial<Pick<SandboxesOptions, "maxSandboxes" | "clock">> & { readonly idleSeconds?: number } = {},
  ): Sandboxes => {
    const { idleSeconds = 0, ...options } = more;
    return local.open({
      owner: `pool-${(owners += 1)}`,
      ...options,
      settings: { ...managerOff, idleSeconds, pool: { size: 3, warm: 0, idleSeconds: 600, leashSeconds: 60, ...pool } },
    });
  };
  /** A clock whose time can be put ahead, and whose owner looks after its pool all the time. */
  const watch = () => {
    let aheadNs = 0n;
    const clock: Clock = {
      ...realClock,
      monotonicNs: () => realClock.monotonicNs() + aheadNs,
      every: (_ms, call, options) => realClock.every(50, call, options),
    };
    return { clock, pass: (seconds: number): void => void (aheadNs += BigInt(seconds) * 1_000_000_000n) };
  };
  const mine = async (manager: Sandboxes): Promise<string[]> =>
    (await manager.list({ mine: true })).map(({ sandboxId }) => sandboxId);
  const idle = (manager: Sandboxes, count: number) =>
    expect.poll(() => manager.counts().pool.idle, { timeout: 10_000 }).toBe(count);

  it("hands a sandbox out again, clean, under its new name and for its new life", async () => {
    const manager = open({});
    const first = await manager.lease({ template: "node", name: "first", timeoutSeconds: 100 });
    await manager.execute(first.sandboxId, { command: "echo secret > ~/left; setsid sleep 600 >/dev/null 2>&1 &" });
    await manager.giveBack(first.sandboxId);
    await idle(manager, 1);
    const second = await manager.lease({ template: "nodejs", name: "second", timeoutSeconds: 200 });
    expect(second).toEqual({ ...first, name: "second", endAt: second.endAt });
    const { endAt } = await manager.info(second.sandboxId);
    expect(Math.abs(Date.parse(endAt) - Date.parse(second.endAt))).toBeLessThan(2_000);
    const left = await manager.execute(second.sandboxId, { command: "cat ~/left; pgrep -c sleep" });
    expect(left).toMatchObject({ stdout: "0\n", stderr: expect.stringContaining("No such file") });
    expect(manager.counts().pool).toEqual({ idle: 0, leased: 1, reused: 1, cleaned: 1, unclean: 0 });
    const [meter] = manager.meters();
    expect(meter?.idleNs).toBeGreaterThan(0n);
    expect(meter?.ranNs).toBeGreaterThan(meter?.idleNs ?? 0n);
    await manager.close();
    expect(await mine(manager)).toEqual([]);
  });

  it("never hands out one of another template, size or environment, nor one that is kept", async () => {
    const manager = open({});
    const plain = await manager.lease({ template: "node" });
    await manager.giveBack(plain.sandboxId);
    await idle(manager, 1);
    const others = [
      await manager.lease({ template: "python" }),
      await manager.lease({ template: "node", envVars: { ROLE: "x" } }),
      await manager.lease({ template: "node", resources: { cpuCount: 1, memoryMb: 256 } }),
      await manager.lease({ template: "node", keep: true }),
      await manager.create({ template: "node" }),
    ];
    expect(others.map(({ sandboxId }) => sandboxId)).not.toContain(plain.sandboxId);
    expect(others[2]?.resources).toEqual({ cpuCount: 1, memoryMb: 256 });
    const kept = others[3]?.sandboxId ?? "";
    await manager.giveBack(kept);
    expect(await mine(manager)).not.toContain(kept);
    expect((await manager.lease({ template: "node" })).sandboxId).toBe(plain.sandboxId);
    await manager.close();
  });

  it("ends a sandbox that cannot be proven clean, and gives the next lease a fresh one", async () => {
    const manager = open({});
    const { sandboxId } = await manager.lease();
    await manager.execute(sandboxId, { command: "sudo sh -c 'echo x >> /etc/hosts'" });
    await manager.giveBack(sandboxId);
    await expect.poll(() => manager.counts().pool.unclean, { timeout: 10_000 }).toBe(1);
    const next = await manager.lease();
    expect(next.sandboxId).not.toBe(sandboxId);
    expect(manager.counts().pool).toEqual({ idle: 0, leased: 1, reused: 0, cleaned: 0, unclean: 1 });
    expect(await mine(manager)).toEqual([next.sandboxId]);
    await manager.close();
  });

  it("notices that an idle one is gone, and that one was ended while it was out", async () => {
    const manager = open({});
    const [first, second] = [await manager.lease(), await manager.lease()];
    await manager.giveBack(first.sandboxId);
    await idle(manager, 1);
    await local.open({ owner: "stranger" }).terminate(first.sandboxId);
    expect((await manager.lease()).sandboxId).not.toBe(first.sandboxId);
    await manager.terminate(second.sandboxId);
    await manager.giveBack(second.sandboxId);
    expect(await mine(manager)).toHaveLength(1);
    await manager.close();
  });

  it("keeps no more than its size, and an idle one makes room where the quota is full", async () => {
    const manager = open({ size: 1 }, { maxSandboxes: 2 });
    const pair = [await manager.lease(), await manager.lease()];
    for (const { sandboxId } of pair) {
      await manager.giveBack(sandboxId);
      await idle(manager, 1);
    }
    await expect.poll(() => mine(manager)).toHaveLength(1);
    const held = await manager.lease({ template: "python" });
    await expect(manager.create()).rejects.toMatchObject({ code: "sandbox.quota" });
    const other = await manager.lease({ template: "node" });
    expect((await mine(manager)).sort()).toEqual([held.sandboxId, other.sandboxId].sort());
    await manager.close();
  });

  it("several leases at once get a sandbox each", async () => {
    const manager = open({});
    const round = async (): Promise<string[]> =>
      (await Promise.all([1, 2, 3].map(() => manager.lease()))).map(({ sandboxId }) => sandboxId).sort();
    const first = await round();
    await Promise.all(first.map((id) => manager.giveBack(id)));
    await idle(manager, 3);
    expect(await round()).toEqual(first);
    expect(manager.counts().pool.reused).toBe(3);
    await manager.close();
  });

  it("makes sandboxes ahead, and ends what is idle for too long", async () => {
    const { clock, pass } = watch();
    const manager = open({ warm: 1 }, { clock });
    const { sandboxId } = await manager.lease();
    await idle(manager, 1);
    const [ahead] = (await mine(manager)).filter((id) => id !== sandboxId);
    expect((await manager.lease()).sandboxId).toBe(ahead);
    await idle(manager, 1);
    pass(601);
    await idle(manager, 0);
    await expect.poll(() => mine(manager), { timeout: 10_000 }).toHaveLength(2);
    await manager.close();
  });

  it("makes no more ahead than it keeps warm, however many ask at the same time", async () => {
    const manager = open({ warm: 1 });
    await Promise.all([1, 2, 3].map(() => manager.lease()));
    await idle(manager, 1);
    await manager.close();
    expect(manager.leases()).toHaveLength(4);
  });

  it("one that is just being taken is not ended for having been idle", async () => {
    const { clock, pass } = watch();
    const manager = open({ idleSeconds: 2_000 }, { clock, idleSeconds: 600 });
    const { sandboxId } = await manager.lease();
    await manager.giveBack(sandboxId);
    await idle(manager, 1);
    // A renewal of its leash, then the life for the lease: the cleanup looks while that is under way.
    const slow = {
      action: { kind: "delay", ms: 500 },
      match: { operation: "timeout", sandboxId },
      count: 1_000,
    } as const;
    const { id = "" } = (await local.faults?.plan(slow)) ?? {};
    await expect.poll(async () => (await local.faults?.get(id))?.attempted, { timeout: 10_000 }).toBeGreaterThan(0);
    pass(700);
    expect((await manager.lease({ timeoutSeconds: 100 })).sandboxId).toBe(sandboxId);
    expect(await mine(manager)).toEqual([sandboxId]);
    await local.faults?.clear();
    await manager.close();
  });

  it("forgets one that was ended while it was out", async () => {
    const manager = open({}, { clock: watch().clock });
    const { sandboxId } = await manager.lease();
    expect(manager.counts().pool.leased).toBe(1);
    await manager.terminate(sandboxId);
    await expect.poll(() => manager.counts().pool.leased, { timeout: 10_000 }).toBe(0);
    await manager.close();
  });

  it.each(["giving back", "cleaning up"] as const)("its end waits for %s that is under way", async (what) => {
    const { clock, pass } = watch();
    const manager = open({ size: 0 }, { clock, idleSeconds: 600 });
    const { sandboxId } = await manager.lease();
    const slow = { action: { kind: "delay", ms: 500 }, match: { operation: "kill", sandboxId } } as const;
    const { id = "" } = (await local.faults?.plan(slow)) ?? {};
    const given = what === "giving back" ? manager.giveBack(sandboxId) : Promise.resolve(pass(700));
    await expect.poll(async () => (await local.faults?.get(id))?.attempted, { timeout: 10_000 }).toBe(1);
    await manager.close();
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["released"]);
    await given;
  });

  it("a leash that is just being renewed does not cut short the lease that comes after it", async () => {
    const manager = open({ leashSeconds: 20 }, { clock: watch().clock });
    const { sandboxId } = await manager.lease();
    await manager.giveBack(sandboxId);
    await idle(manager, 1);
    const slow = { action: { kind: "delay", ms: 700 }, match: { operation: "timeout", sandboxId } } as const;
    const { id = "" } = (await local.faults?.plan(slow)) ?? {};
    await expect.poll(async () => (await local.faults?.get(id))?.attempted, { timeout: 10_000 }).toBe(1);
    expect((await manager.lease({ timeoutSeconds: 100 })).sandboxId).toBe(sandboxId);
    await realClock.sleep(1_000);
    expect(Date.parse((await manager.info(sandboxId)).endAt) - realClock.nowMs()).toBeGreaterThan(60_000);
    await manager.close();
  });

  it("gives its process's death a few seconds: nothing is left behind, and nobody has to sweep", async () => {
    const holder = join(import.meta.dirname, "pool-holder.mjs");
    const child = spawn(process.execPath, [holder, JSON.stringify(local.target)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = await once(child.stdout, "data");
    const ids = String(said).trim().split(" ");
    const watcher = local.open({ owner: "watcher" });
    const living = async (): Promise<string[]> =>
      (await watcher.list()).map(({ sandboxId }) => sandboxId).filter((id) => ids.includes(id));
    // Longer than the leash: it is renewed while its process lives.
    await realClock.sleep(10_000);
    expect(await living()).toContain(ids[0]);
    child.kill("SIGKILL");
    await once(child, "close");
    await expect.poll(living, { timeout: 30_000, interval: 100 }).toEqual([]);
  }, 60_000);
});
