// Faults that break what is under way, seen through the unmodified SDK: connections, streams, sandboxes, disks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "e2b/dist/index.mjs";
import { createFaultClient, type FaultClient } from "../../../src/local/faults/client.ts";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";
import { thrownBy } from "./sdk-errors.ts";

describe.skipIf(noBwrap !== null)(`faults that break (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let faults: FaultClient;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ faults: true });
    faults = createFaultClient(local.server.url, local.server.faultsToken ?? "");
    sandbox = await local.sdk.Sandbox.create("base");
  });
  beforeEach(async () => {
    await faults.clear();
    if (!(await sandbox.isRunning())) sandbox = await local.sdk.Sandbox.create("base");
  });
  afterAll(async () => local.server.close());

  it("hangs until the caller gives up, or until the bound", async () => {
    const patient = await faults.plan({ action: { kind: "hang" }, match: { operation: "info" } });
    // Not through the SDK: on Node 20 its timeouts may get lost (docs/discoveries/local-target.md).
    const { url, apiKey } = local.server;
    const headers = { "x-api-key": apiKey };
    const asking = fetch(`${url}/sandboxes/${sandbox.sandboxId}`, { headers, signal: AbortSignal.timeout(300) });
    expect((await thrownBy(asking))[0]).toBe("TimeoutError");
    await expect.poll(async () => (await faults.get(patient.id)).observed).toBe(1);
    await expect
      .poll(async () => (await faults.get(patient.id)).hits, { timeout: 5_000 })
      .toMatchObject([{ effect: "did-not-happen", note: "no answer until the caller gave up" }]);
    const bounded = await faults.plan({ action: { kind: "hang", ms: 50 }, match: { operation: "run" } });
    expect((await thrownBy(sandbox.commands.run("touch ~/hung")))[0]).not.toBe("nothing");
    await expect
      .poll(async () => (await faults.get(bounded.id)).hits, { timeout: 5_000 })
      .toMatchObject([{ effect: "did-not-happen", note: "no answer for 50 ms, then the connection broke" }]);
    expect(await sandbox.files.exists("hung")).toBe(false);
  });

  it("delays a call and then lets it happen", async () => {
    const { id } = await faults.plan({ action: { kind: "delay", ms: 250 }, match: { operation: "write" } });
    const began = performance.now();
    await sandbox.files.write("late", "x");
    expect(performance.now() - began).toBeGreaterThanOrEqual(249);
    await expect
      .poll(async () => faults.get(id), { timeout: 5_000 })
      .toMatchObject({ effect: "happened", hits: [{ note: "went on after 250 ms" }] });
    const create = await faults.plan({ action: { kind: "delay", ms: 200 }, match: { operation: "create" } });
    expect(await (await local.sdk.Sandbox.create("base")).kill()).toBe(true);
    await expect
      .poll(async () => faults.get(create.id), { timeout: 5_000 })
      .toMatchObject({ effect: "happened", observed: 1 });
    const refused = await faults.plan({ action: { kind: "delay", ms: 1 }, match: { operation: "create" } });
    await thrownBy(local.sdk.Sandbox.create("no-such-template"));
    await expect
      .poll(async () => faults.get(refused.id), { timeout: 5_000 })
      .toMatchObject({ effect: "did-not-happen", observed: 1 });
  });

  it("drops a create before its effect, or after it: only the record tells which", async () => {
    const operation = "create";
    const before = local.server.running();
    const early = await faults.plan({ action: { kind: "drop", when: "before-effect" }, match: { operation } });
    expect(await thrownBy(local.sdk.Sandbox.create("base"))).toEqual(["TypeError", "fetch failed"]);
    expect(local.server.running()).toBe(before);
    await expect
      .poll(async () => faults.get(early.id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, effect: "did-not-happen" });
    const late = await faults.plan({ action: { kind: "drop", when: "after-effect" }, match: { operation } });
    expect(await thrownBy(local.sdk.Sandbox.create("base", { metadata: { lost: "yes" } }))).toEqual([
      "TypeError",
      "fetch failed",
    ]);
    expect(local.server.running()).toBe(before + 1);
    // The record is written when every process is gone, a moment after the sandbox stops answering.
    await expect
      .poll(async () => faults.get(late.id))
      .toMatchObject({ observed: 1, effect: "happened", hits: [{ answerBytes: 0 }] });
    const orphans = await local.sdk.Sandbox.list({ query: { metadata: { lost: "yes" } } }).nextItems();
    expect(orphans).toHaveLength(1);
    for (const { sandboxId } of orphans) await local.sdk.Sandbox.kill(sandboxId);
  });

  it("drops a command after it started, or a refused one, and knows which", async () => {
    const run = { operation: "run" } as const;
    const started = await faults.plan({ action: { kind: "drop", when: "after-effect" }, match: run });
    expect((await thrownBy(sandbox.commands.run("touch ~/started")))[0]).not.toBe("nothing");
    await expect.poll(async () => sandbox.files.exists("started")).toBe(true);
    await expect
      .poll(async () => faults.get(started.id), { timeout: 5_000 })
      .toMatchObject({ effect: "happened", observed: 1 });
    const refused = await faults.plan({ action: { kind: "drop", when: "after-effect" }, match: run });
    await thrownBy(sandbox.commands.run("true", { cwd: "/no/such/folder" }));
    await expect
      .poll(async () => faults.get(refused.id), { timeout: 5_000 })
      .toMatchObject({ effect: "did-not-happen", observed: 1 });
  });

  it("cuts a stream after so many bytes; an answer that was shorter is said to be whole", async () => {
    const action = { kind: "drop", when: "mid-answer", afterBytes: 2_000 } as const;
    const cut = await faults.plan({ action, match: { operation: "run" } });
    let heard = "";
    const run = sandbox.commands.run("for n in $(seq 200); do echo line $n; sleep 0.01; done", {
      onStdout: (text) => void (heard += text),
    });
    const [name, message] = await thrownBy(run);
    expect([name, message]).toEqual(["SandboxError", expect.stringMatching(/terminated|closed|aborted/)]);
    expect(heard.startsWith("line 1\nline 2\n")).toBe(true);
    expect(heard).not.toContain("line 200\n");
    await expect
      .poll(async () => faults.get(cut.id), { timeout: 5_000 })
      .toMatchObject({
        observed: 1,
        effect: "happened",
        hits: [{ answerBytes: 2_000, note: "the connection broke after 2000 bytes of the answer" }],
      });
    const whole = await faults.plan({ action, match: { operation: "run" } });
    expect((await sandbox.commands.run("echo short")).stdout).toBe("short\n");
    const record = await faults.get(whole.id);
    expect(record).toMatchObject({ state: "triggered", attempted: 1, observed: 0, effect: "happened" });
    expect(record.hits[0]?.note).toMatch(/^the answer ended by itself after \d+ bytes$/);
    expect(record.hits[0]?.observedAt).toBe(null);
  });

  it("cuts a download in the middle, and the next one is whole", async () => {
    await sandbox.files.write("big", "x".repeat(300_000));
    const action = { kind: "drop", when: "mid-answer", afterBytes: 100_000 } as const;
    const { id } = await faults.plan({ action, match: { operation: "read" } });
    expect((await thrownBy(sandbox.files.read("big")))[0]).not.toBe("nothing");
    await expect
      .poll(async () => faults.get(id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, hits: [{ answerBytes: 100_000 }] });
    expect(await sandbox.files.read("big")).toHaveLength(300_000);
  });

  it("kills the sandbox in the middle of a command: the SDK says it was killed", async () => {
    const action = { kind: "kill", when: "mid-answer", afterBytes: 500 } as const;
    const { id } = await faults.plan({ action, match: { operation: "run", sandboxId: sandbox.sandboxId } });
    const [name, message] = await thrownBy(sandbox.commands.run("while :; do echo on; sleep 0.01; done"));
    expect([name, message]).toEqual(["TimeoutError", expect.stringMatching(/sandbox was killed|sandbox timeout/i)]);
    await expect
      .poll(async () => faults.get(id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, effect: "happened" });
    expect(await sandbox.isRunning()).toBe(false);
  });

  it("kills the sandbox before a call, after a call, and at once", async () => {
    const early = await faults.plan({ action: { kind: "kill", when: "before-effect" }, match: { operation: "write" } });
    expect((await thrownBy(sandbox.files.write("f", "x")))[0]).toBe("TimeoutError");
    await expect
      .poll(async () => faults.get(early.id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, effect: "did-not-happen" });
    sandbox = await local.sdk.Sandbox.create("base");
    const late = await faults.plan({ action: { kind: "kill", when: "after-effect" }, match: { operation: "write" } });
    expect((await sandbox.files.write("f", "x")).path).toBe("/home/user/f");
    await expect.poll(async () => sandbox.isRunning(), { timeout: 5_000 }).toBe(false);
    await expect
      .poll(async () => faults.get(late.id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, effect: "happened" });
    sandbox = await local.sdk.Sandbox.create("base");
    const { sandboxId } = sandbox;
    const now = await faults.plan({
      action: { kind: "kill", when: "before-effect" },
      match: { sandboxId },
      trigger: "now",
    });
    expect(now).toMatchObject({ state: "triggered", observed: 1, remaining: 0 });
    expect(await sandbox.isRunning()).toBe(false);
  });

  it("resets every stream of a sandbox, and what runs inside goes on", async () => {
    const handle = await sandbox.commands.run("sleep 0.5; touch ~/went-on; sleep 60", { background: true });
    const end = thrownBy(handle.wait());
    const { sandboxId } = sandbox;
    const record = await faults.plan({ action: { kind: "reset-streams" }, match: { sandboxId }, trigger: "now" });
    expect(record.hits).toMatchObject([{ note: "1 open connections broke" }]);
    expect((await end)[0]).toBe("SandboxError");
    await expect.poll(async () => sandbox.files.exists("went-on")).toBe(true);
    expect((await sandbox.commands.list()).map(({ pid }) => pid)).toContain(handle.pid);
  });

  it("slows a sandbox down for a while, and then no longer", async () => {
    // How often it stood still for most of the frozen time; a busy machine adds such gaps and takes none away.
    const gaps =
      "last=$(date +%s%N); end=$(( last + 1500000000 )); n=0; while now=$(date +%s%N); [ $now -lt $end ]; do [ $(( now - last )) -gt 150000000 ] && n=$((n+1)); last=$now; done; echo $n";
    const { sandboxId } = sandbox;
    const action = { kind: "slow", forMs: 60_000, frozenMs: 190, runningMs: 10 } as const;
    const { id } = await faults.plan({ action, match: { sandboxId }, trigger: "now" });
    const slow = Number((await outputOf(sandbox, gaps)).out);
    await faults.clear(id);
    const free = Number((await outputOf(sandbox, gaps)).out);
    expect(slow).toBeGreaterThanOrEqual(2);
    expect(free).toBeLessThan(slow);
    await expect
      .poll(async () => faults.get(id), { timeout: 5_000 })
      .toMatchObject({ observed: 1, state: "triggered" });
  });

  it("fills the sandbox's shared memory up to its own bound, and empties it again", async () => {
    const { sandboxId } = sandbox;
    const other = await local.sdk.Sandbox.create("base");
    const action = { kind: "fill", where: "shared-memory" } as const;
    const { id, observed, hits } = await faults.plan({ action, match: { sandboxId }, trigger: "now" });
    expect([observed, hits[0]?.note]).toEqual([1, "shared-memory is full for 60000 ms"]);
    const write = "head -c 100000 /dev/zero > /dev/shm/mine && echo written";
    expect(await outputOf(sandbox, write)).toMatchObject({ out: "", err: expect.stringContaining("No space left") });
    expect(await outputOf(other, write)).toMatchObject({ code: 0, out: "written\n" });
    await faults.clear(id);
    await expect.poll(async () => (await outputOf(sandbox, write)).out).toBe("written\n");
    await other.kill();
  });

  it("refuses to fill a disk that has no bound but the host's", async () => {
    await expect(
      faults.plan({ action: { kind: "fill", where: "disk" }, match: { operation: "write" } }),
    ).rejects.toMatchObject({
      code: "sandbox.unsupported",
      message:
        "[sandbox.unsupported] Fault refused: fill cannot be had here: sandboxes of this server have no disk quota, so filling one would fill the host's disk",
    });
  });
});
