// Sentinel metadata asks for faults through any SDK; the admin route is behind its own token; with the plane off neither is there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFaultClient, type FaultClient } from "../../../src/local/faults/client.ts";
import { noBwrap, startLocal, type Local } from "../harness.ts";
import { thrownBy } from "./sdk-errors.ts";

const key = "e2b-swarm.fault";

describe.skipIf(noBwrap !== null)(`sentinels (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let faults: FaultClient;
  beforeAll(async () => {
    local = await startLocal({ faults: true });
    faults = createFaultClient(local.server.url, local.server.faultsToken ?? "");
  });
  afterAll(async () => local.server.close());
  const create = async (metadata: Record<string, string>): ReturnType<Local["sdk"]["Sandbox"]["create"]> =>
    local.sdk.Sandbox.create("base", { metadata });

  it("hits each create that carries one, whatever the template", async () => {
    for (const template of ["base", "node"]) {
      const made = local.sdk.Sandbox.create(template, { metadata: { [key]: "503" } });
      expect((await thrownBy(made))[0]).toBe("ServiceBusyError");
    }
    expect(local.server.running()).toBe(0);
    const [first, second] = await faults.list();
    expect([first, second]).toMatchObject([
      { origin: "sentinel", state: "triggered", observed: 1, effect: "did-not-happen" },
      { origin: "sentinel", state: "triggered", observed: 1, effect: "did-not-happen" },
    ]);
  });

  it("counts when asked to: the SDK's retry then succeeds", async () => {
    const sandbox = await create({ [key]: "429:0*2", mine: "kept" });
    expect((await sandbox.getInfo()).metadata).toEqual({ [key]: "429:0*2", mine: "kept" });
    expect((await faults.list()).at(-1)).toMatchObject({ attempted: 2, observed: 2, remaining: 0 });
    await sandbox.kill();
  });

  it("reaches calls of the sandbox it was given to, and of no other", async () => {
    const sick = await create({
      [key]: "run=429",
      [`${key}.2`]: '{"action":{"kind":"delay","ms":30},"match":{"operation":"read"},"count":2}',
    });
    const sound = await create({});
    expect((await sound.commands.run("echo fine")).stdout).toBe("fine\n");
    expect((await thrownBy(sick.commands.run("true")))[0]).toBe("RateLimitError");
    expect((await sick.commands.run("echo again")).stdout).toBe("again\n");
    await sick.files.write("f", "x");
    for (let n = 0; n < 3; n++) expect(await sick.files.read("f")).toBe("x");
    const mine = (await faults.list()).filter(({ plan }) => plan.match?.sandboxId === sick.sandboxId);
    expect(mine.map(({ attempted, effect }) => [attempted, effect])).toEqual([
      [1, "did-not-happen"],
      [2, "happened"],
    ]);
    expect(await Promise.all([sick.kill(), sound.kill()])).toEqual([true, true]);
  });

  it.each([
    [
      "nonsense",
      '400: Fault sentinel refused: metadata e2b-swarm.fault: "nonsense" is no fault; write for instance 503, 429:5, delay:200 or run=drop',
    ],
    [
      "fly=503",
      "400: Fault sentinel refused: metadata e2b-swarm.fault: fly is no operation; there are create, connect, list, info, kill, timeout, pause, run, stdin, signal, read, write, watch",
    ],
    ["delay", "400: Fault sentinel refused: metadata e2b-swarm.fault: action.ms is missing"],
    [
      "kill",
      "400: Fault sentinel refused: metadata e2b-swarm.fault: kill is for a sandbox that runs; name the call that meets it, for instance run=kill",
    ],
    ["{", "400: Fault sentinel refused: metadata e2b-swarm.fault: it is no JSON"],
    [
      "run=fill",
      "501: Fault sentinel refused: sandboxes of this server have no disk quota, so filling one would fill the host's disk",
    ],
  ])("refuses %s by name and makes nothing", async (text, message) => {
    expect(await thrownBy(create({ [key]: text }))).toEqual(["SandboxError", message]);
    expect(local.server.running()).toBe(0);
  });
});

describe.skipIf(noBwrap !== null)(`the admin route (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal({ faults: true, spares: 0 });
  });
  afterAll(async () => local.server.close());
  const ask = async (headers: Record<string, string>, init: RequestInit = {}): Promise<[number, unknown]> => {
    const response = await fetch(`${local.server.url}/e2b-swarm/faults`, { ...init, headers });
    const text = await response.text();
    return [response.status, text === "" ? null : JSON.parse(text)];
  };

  it("wants its own token; the API key is not enough, and is not needed", async () => {
    const message = "Invalid admin token: x-e2b-swarm-admin is not the token of this server's fault plane";
    const { apiKey, faultsToken } = local.server;
    expect(faultsToken).toMatch(/^e2b_admin[0-9a-f]{40}$/);
    expect(await ask({ "x-api-key": apiKey })).toEqual([401, { code: 401, message }]);
    expect(await ask({ "x-e2b-swarm-admin": apiKey })).toEqual([401, { code: 401, message }]);
    expect(await ask({ "x-e2b-swarm-admin": faultsToken ?? "" })).toEqual([200, { faults: [] }]);
  });

  it.each([
    [{}, "action.kind is missing but must be one of answer, hang, delay, drop, kill, slow, fill, reset-streams"],
    [{ action: { kind: "answer", status: 200 } }, "action.status is 200 but must be >= 400"],
    [
      { action: { kind: "answer", status: 401, retryAfterSeconds: 1 } },
      "action.retryAfterSeconds goes with 429 and 5xx, but action.status is 401",
    ],
    [{ action: { kind: "hang" }, nht: 2 }, "nht is not a known field"],
    [
      { action: { kind: "hang" }, match: { operation: "fly" } },
      'match.operation is "fly" but must be one of create, connect, list, info, kill, timeout, pause, run, stdin, signal, read, write, watch',
    ],
    [
      { action: { kind: "hang" }, trigger: "now" },
      "trigger now is for kill, slow, fill and reset-streams, and match.sandboxId must name the sandbox",
    ],
    [
      { action: { kind: "drop", when: "after-effect", afterBytes: 3 } },
      "action.afterBytes counts only when action.when is mid-answer, but it is after-effect",
    ],
  ])("refuses a plan and names the field: %j", async (plan, problem) => {
    const headers = { "x-e2b-swarm-admin": local.server.faultsToken ?? "" };
    const answer = await ask(headers, { method: "POST", body: JSON.stringify(plan) });
    expect(answer).toEqual([400, { code: 400, message: `Fault refused: ${problem}` }]);
    expect(await ask(headers)).toEqual([200, { faults: [] }]);
  });

  it("plans, shows, clears and forgets nothing meanwhile", async () => {
    const client = createFaultClient(local.server.url, local.server.faultsToken ?? "");
    const plan = {
      action: { kind: "answer", status: 500 },
      match: { path: "/sandboxes/*" },
      startAfterMs: 600_000,
      label: "x",
    } as const;
    const record = await client.plan(plan);
    expect(record).toEqual({
      id: "fault-1",
      origin: "admin",
      plan,
      state: "planned",
      plannedAt: expect.any(String),
      matched: 0,
      attempted: 0,
      observed: 0,
      remaining: 1,
      effect: "did-not-happen",
      hits: [],
    });
    const armed = await client.plan({ action: { kind: "hang" } });
    expect(armed.state).toBe("armed");
    await client.clear(armed.id);
    expect((await client.list()).map(({ id, state, remaining }) => [id, state, remaining])).toEqual([
      ["fault-1", "planned", 1],
      ["fault-2", "expired", 0],
    ]);
    await expect(client.get("fault-9")).rejects.toThrow("no fault fault-9");
    const brief = await client.plan({ action: { kind: "hang" }, expiresAfterMs: 1 });
    await expect.poll(async () => (await client.get(brief.id)).state).toBe("expired");
    await client.clear();
    expect(await local.sdk.Sandbox.list().nextItems()).toEqual([]);
  });

  it("is no door for a page or for a caller without the key", async () => {
    const plane = createFaultClient(local.server.url, local.server.faultsToken ?? "");
    const { id } = await plane.plan({ action: { kind: "answer", status: 503 } });
    const bare = await fetch(`${local.server.url}/v2/sandboxes`, { headers: { "x-api-key": "e2b_wrong" } });
    expect(bare.status).toBe(401);
    expect(await plane.get(id)).toMatchObject({ state: "armed", matched: 0 });
    await plane.clear();
  });
});

describe.skipIf(noBwrap !== null)(`with the plane off (skipped when: ${noBwrap ?? "never"})`, () => {
  it("no sentinel does anything, and the admin route is not there", async () => {
    const local = await startLocal();
    try {
      expect(local.server.faultsToken).toBe(null);
      const metadata = { [key]: "503", [`${key}.1`]: "run=drop", [`${key}.2`]: "nonsense", [`${key}.3`]: "run=kill" };
      const sandbox = await local.sdk.Sandbox.create("base", { metadata });
      expect((await sandbox.getInfo()).metadata).toEqual(metadata);
      expect((await sandbox.commands.run("echo fine")).stdout).toBe("fine\n");
      for (const path of ["", "/fault-1"]) {
        for (const method of ["GET", "POST", "DELETE"]) {
          const response = await fetch(`${local.server.url}/e2b-swarm/faults${path}`, {
            method,
            headers: { "x-api-key": local.server.apiKey, "x-e2b-swarm-admin": "" },
          });
          expect([response.status, await response.json()]).toEqual([
            404,
            { code: 404, message: `no route ${method} /e2b-swarm/faults${path}` },
          ]);
        }
      }
      expect(await sandbox.kill()).toBe(true);
    } finally {
      await local.server.close();
    }
  });
});
