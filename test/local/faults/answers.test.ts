// Faults that answer in place of the server, seen through the unmodified SDK: its classes, its retries, and records that say
// that nothing happened.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "e2b/dist/index.mjs";
import { createFaultClient, type FaultClient } from "../../../src/local/faults/client.ts";
import { noBwrap, startLocal, type Local } from "../harness.ts";
import { thrownBy } from "./sdk-errors.ts";

describe.skipIf(noBwrap !== null)(`faults that answer (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let faults: FaultClient;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ faults: true });
    faults = createFaultClient(local.server.url, local.server.faultsToken ?? "");
    sandbox = await local.sdk.Sandbox.create("base");
  });
  beforeEach(async () => faults.clear());
  afterAll(async () => local.server.close());

  it.each([
    [401, "AuthenticationError", "Unauthorized, please check your credentials. - Unauthorized"],
    [429, "RateLimitError", "Rate limit exceeded, please try again later - Rate limit exceeded"],
    [503, "ServiceBusyError", "Service temporarily unavailable, please retry - Service unavailable"],
    [500, "SandboxError", "500: Internal server error"],
    [502, "SandboxError", "502: Bad gateway"],
  ])("answers a create with %i once, and nothing was made", async (status, name, message) => {
    const { id } = await faults.plan({ action: { kind: "answer", status }, match: { operation: "create" } });
    const before = local.server.running();
    expect(await thrownBy(local.sdk.Sandbox.create("base"))).toEqual([name, message]);
    expect(local.server.running()).toBe(before);
    const record = await faults.get(id);
    expect(record).toMatchObject({
      state: "triggered",
      matched: 1,
      attempted: 1,
      observed: 1,
      remaining: 0,
      effect: "did-not-happen",
    });
    expect(record.hits).toMatchObject([{ effect: "did-not-happen", method: "POST", note: `answered ${status}` }]);
    const made = await local.sdk.Sandbox.create("base");
    expect(await made.kill()).toBe(true);
  });

  it("is retried by the SDK when 429 says when, at most three times", async () => {
    const action = { kind: "answer", status: 429, retryAfterSeconds: 0 } as const;
    const { id } = await faults.plan({ action, match: { operation: "info" }, count: 3 });
    expect((await sandbox.getInfo()).sandboxId).toBe(sandbox.sandboxId);
    expect(await faults.get(id)).toMatchObject({ attempted: 3, observed: 3, remaining: 0 });
    const four = await faults.plan({ action, match: { operation: "info" }, count: 4 });
    expect(await thrownBy(sandbox.getInfo())).toEqual([
      "RateLimitError",
      "Rate limit exceeded, please try again later - Rate limit exceeded",
    ]);
    expect(await faults.get(four.id)).toMatchObject({ attempted: 4, remaining: 0 });
  });

  it.each([
    [401, "AuthenticationError"],
    [429, "RateLimitError"],
    [503, "SandboxNotFoundError"],
    [500, "SandboxError"],
    [502, "SandboxNotFoundError"],
  ])("answers a command with %i, and the next one runs", async (status, name) => {
    const { id } = await faults.plan({ action: { kind: "answer", status }, match: { operation: "run" } });
    const [found] = await thrownBy(sandbox.commands.run("touch ~/ran"));
    expect(found).toBe(name);
    expect((await sandbox.commands.run("ls ~; echo end")).stdout).toBe("end\n");
    expect(await faults.get(id)).toMatchObject({ observed: 1, effect: "did-not-happen" });
  });

  it.each([
    [401, "AuthenticationError"],
    [429, "RateLimitError"],
    [502, "TimeoutError"],
    [507, "NotEnoughSpaceError"],
  ])("answers a read and a unary call with %i", async (status, name) => {
    await faults.plan({ action: { kind: "answer", status }, match: { operation: "read" } });
    const [found] = await thrownBy(sandbox.files.read("/etc/hostname"));
    expect(found).toBe(name);
    await faults.plan({ action: { kind: "answer", status: 429 }, match: { rpc: "filesystem.Filesystem/Stat" } });
    expect((await thrownBy(sandbox.files.getInfo("/etc/hostname")))[0]).toBe("RateLimitError");
  });
});
