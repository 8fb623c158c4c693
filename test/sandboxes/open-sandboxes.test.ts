import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandboxes } from "../../src/sandboxes/open-sandboxes.ts";
import { localTarget, type LocalTarget } from "./local-target.ts";

let local: LocalTarget;
let sandboxes: Sandboxes;
beforeAll(async () => {
  local = await localTarget();
  sandboxes = local.open();
});
afterAll(() => local.close());

describe("the manager over a real server", () => {
  it("creates, lists, looks at, runs in and ends a sandbox", async () => {
    const made = await sandboxes.create({
      name: "one",
      template: "nodejs",
      timeoutSeconds: 200,
      envVars: { ROLE: "x" },
    });
    expect(made).toMatchObject({
      name: "one",
      template: "node",
      status: "running",
      url: local.target.kind === "local" ? local.target.url : "",
    });
    expect(Date.parse(made.endAt) - Date.parse(made.createdAt)).toBe(200_000);
    const { sandboxId } = made;
    expect(await sandboxes.info(sandboxId)).toEqual(made);
    expect((await sandboxes.list({ mine: true })).map((one) => one.sandboxId)).toContain(sandboxId);
    const ran = await sandboxes.execute(sandboxId, {
      command: "sh",
      args: ["-c", 'echo $ROLE "$1"; echo err >&2; exit 7', "sh", "a  'b"],
    });
    expect(ran).toMatchObject({ exitCode: 7, stdout: "x a  'b\n", stderr: "err\n", timedOut: false });
    expect(ran.durationNs).toBeGreaterThan(0n);
    const status = await sandboxes.status(sandboxId);
    expect(status).toMatchObject({ ...made, processesRunning: 0 });
    expect(status.uptimeSeconds).toBeGreaterThan(0);
    expect(sandboxes.meters()).toMatchObject([
      { sandboxId, cpuCount: made.resources.cpuCount, memoryMb: made.resources.memoryMb },
    ]);
    expect(await sandboxes.terminate(sandboxId)).toBe("terminated");
    expect(await sandboxes.terminate(sandboxId)).toBe("already-gone");
    expect(sandboxes.leases().at(-1)).toMatchObject({ template: "node", state: { kind: "released", sandboxId } });
    await expect(sandboxes.info(sandboxId)).rejects.toMatchObject({ code: "sandbox.not-found" });
    await expect(sandboxes.execute(sandboxId, { command: "true" })).rejects.toMatchObject({
      code: "sandbox.not-found",
    });
  });

  it("kills a command at its limit, drops output on request, and reports a signal's end", async () => {
    const { sandboxId } = await sandboxes.create();
    // The limit counts from the call; the first call of a sandbox may still wait for its agent.
    await sandboxes.execute(sandboxId, { command: "true" });
    const late = await sandboxes.execute(sandboxId, { command: "echo begun; sleep 30", timeoutSeconds: 0.4 });
    expect(late).toMatchObject({ exitCode: -1, stdout: "begun\n", timedOut: true });
    expect(await sandboxes.execute(sandboxId, { command: "kill -9 $$" })).toMatchObject({
      exitCode: -1,
      timedOut: false,
    });
    expect(await sandboxes.execute(sandboxId, { command: "echo x", captureOutput: false })).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
    const much = await sandboxes.execute(sandboxId, { command: "head -c 9000000 /dev/zero | tr '\\0' y" });
    expect(much.stdout.slice(-75)).toContain("[611392 more bytes were dropped at the limit of 8388608]");
    expect(much.exitCode).toBe(0);
    await sandboxes.terminate(sandboxId);
  });

  it("reads back the bytes it wrote, and says which file is not there", async () => {
    const { sandboxId } = await sandboxes.create();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
    await sandboxes.writeFile(sandboxId, "deep/er/data.bin", bytes);
    expect(Buffer.compare(await sandboxes.readFile(sandboxId, "/home/user/deep/er/data.bin"), bytes)).toBe(0);
    await sandboxes.writeFile(sandboxId, "empty", "");
    expect((await sandboxes.readFile(sandboxId, "empty")).length).toBe(0);
    await expect(sandboxes.readFile(sandboxId, "nothing")).rejects.toMatchObject({ code: "sandbox.file" });
    await sandboxes.terminate(sandboxId);
  });

  it("talks to a program in the background", async () => {
    const { sandboxId } = await sandboxes.create();
    let heard = "";
    const program = await sandboxes.startProcess(sandboxId, {
      command: "cat",
      onStdout: (chunk) => void (heard += chunk),
    });
    await Promise.all([program.send("one\n"), program.send("two\n"), program.closeStdin()]);
    expect(await program.ended).toEqual({ kind: "exited", exitCode: 0 });
    expect(heard).toBe("one\ntwo\n");
    expect(await program.kill()).toBe(false);
    const doomed = await sandboxes.startProcess(sandboxId, {
      command: "sleep",
      args: ["60"],
      onStdout: () => undefined,
    });
    await sandboxes.terminate(sandboxId);
    expect(await doomed.ended).toMatchObject({ kind: "lost", fault: { code: "sandbox.gone" } });
  });

  it("makes several or none, never more than its limit, and leaves nothing when it fails", async () => {
    const few = local.open({ maxSandboxes: 2, owner: "few" });
    const made = await few.createMany(2, { name: "pair" });
    expect(made.map(({ name }) => name)).toEqual(["pair-1", "pair-2"]);
    await expect(few.create()).rejects.toMatchObject({ code: "sandbox.quota", details: { running: 2, limit: 2 } });
    await few.terminate(made[0]?.sandboxId ?? "");
    await expect(few.createMany(3)).rejects.toMatchObject({ code: "sandbox.quota" });
    expect((await few.list({ mine: true })).map(({ name }) => name)).toEqual(["pair-2"]);
    await expect(few.create({ template: "nope" })).rejects.toMatchObject({ code: "sandbox.template-unknown" });
    await few.close();
    expect(await few.list({ mine: true })).toEqual([]);
    await expect(few.create()).rejects.toMatchObject({ code: "cancelled" });
  });

  it("closes what it owns, keeps what the user keeps, and notices what ended by itself", async () => {
    const owner = local.open({ owner: "closing" });
    const kept = await owner.create({ keep: true });
    const owned = await owner.create();
    const lost = await owner.create();
    await sandboxes.terminate(lost.sandboxId);
    await expect(owner.execute(lost.sandboxId, { command: "true" })).rejects.toMatchObject({
      code: expect.stringMatching(/sandbox\.(gone|not-found)/),
    });
    await owner.close();
    expect((await owner.list({ mine: true })).map(({ sandboxId }) => sandboxId)).toEqual([kept.sandboxId]);
    expect(owner.leases().map(({ state }) => state.kind)).toEqual(["running", "released", "lost"]);
    expect(owned.sandboxId).not.toBe(kept.sandboxId);
    await sandboxes.terminate(kept.sandboxId);
  });

  it("uses another process's sandbox without lengthening its life", async () => {
    const { sandboxId, endAt } = await sandboxes.create({ timeoutSeconds: 60, keep: true });
    const other = local.open({ owner: "other" });
    expect((await other.execute(sandboxId, { command: "echo there" })).stdout).toBe("there\n");
    expect((await other.info(sandboxId)).endAt).toBe(endAt);
    await other.close();
    await sandboxes.terminate(sandboxId);
  });
});

describe("when a process ends", () => {
  const holder = join(import.meta.dirname, "holder.mjs");
  const hold = async (): Promise<{ child: ReturnType<typeof spawn>; ids: string[] }> => {
    const child = spawn(process.execPath, [holder, JSON.stringify(local.target)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("stdout is a pipe");
    const [said] = await once(child.stdout, "data");
    return { child, ids: String(said).trim().split(" ") };
  };
  const living = async (ids: readonly string[]): Promise<boolean[]> => {
    const known = (await sandboxes.list()).map(({ sandboxId }) => sandboxId);
    return ids.map((id) => known.includes(id));
  };

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s its own sandboxes are gone, kept ones stay", async (signal, code) => {
    const { child, ids } = await hold();
    child.kill(signal);
    expect(await once(child, "close")).toEqual([code, null]);
    expect(await living(ids)).toEqual([false, true]);
    await sandboxes.terminate(ids[1] ?? "");
  });

  it("by SIGKILL the next process of the same owner ends what it left", async () => {
    const { child, ids } = await hold();
    const next = local.open({ owner: "holder" });
    expect(await next.sweepOrphans()).toMatchObject({ before: [ids[0]], orphans: [], after: [ids[0]], clean: true });
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await living(ids)).toEqual([true, true]);
    const [orphan] = ids;
    expect(await next.sweepOrphans()).toEqual({
      before: [orphan],
      orphans: [orphan],
      ended: [orphan],
      failed: [],
      after: [],
      clean: true,
    });
    expect(await living(ids)).toEqual([false, true]);
    await sandboxes.terminate(ids[1] ?? "");
  });
});
