import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthenticationError, RateLimitError, Sandbox, SandboxNotFoundError } from "e2b/dist/index.mjs";
import { noBwrap, startLocal, type Local } from "./harness.ts";

async function ask(
  local: Local,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(local.server.url + path, {
    ...init,
    headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
}

describe.skipIf(noBwrap !== null)(`control plane (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  beforeAll(async () => {
    local = await startLocal({ maxSandboxes: 6 });
  });
  afterAll(async () => local?.server.close());

  it("creates with variables, metadata and timeout, tells all of it again, and kills", async () => {
    const before = Date.now();
    const sandbox = await Sandbox.create("node", {
      ...local.options,
      envs: { GREETING: "hello world" },
      metadata: { run: "a&b=c d", owner: "é" },
      timeoutMs: 120_000,
    });
    const info = await sandbox.getInfo();
    expect(info).toMatchObject({
      sandboxId: sandbox.sandboxId,
      name: "node",
      metadata: { run: "a&b=c d", owner: "é" },
      state: "running",
      envdVersion: "0.6.13",
      cpuCount: 1,
      memoryMB: 512,
    });
    const life = info.endAt.getTime() - before;
    expect(life).toBeGreaterThanOrEqual(120_000);
    expect(life).toBeLessThan(130_000);
    expect((await sandbox.commands.run('echo "$GREETING $E2B_SANDBOX $E2B_SANDBOX_ID"')).stdout).toBe(
      `hello world true ${sandbox.sandboxId}\n`,
    );
    expect(await sandbox.isRunning()).toBe(true);
    expect(await sandbox.kill()).toBe(true);
    expect(await sandbox.kill()).toBe(false);
    expect(await sandbox.isRunning()).toBe(false);
    await expect(Sandbox.getInfo(sandbox.sandboxId, local.options)).rejects.toBeInstanceOf(SandboxNotFoundError);
  });

  it("connects by id to the same sandbox and only ever extends its life", async () => {
    const first = await Sandbox.create("python", { ...local.options, timeoutMs: 200_000 });
    const end = (await first.getInfo()).endAt.getTime();
    const second = await Sandbox.connect(first.sandboxId, { ...local.options, timeoutMs: 5_000 });
    await first.files.write("note.txt", "shared");
    expect(await second.files.read("note.txt")).toBe("shared");
    expect((await second.getInfo()).endAt.getTime()).toBe(end);
    await first.setTimeout(30_000);
    expect((await first.getInfo()).endAt.getTime()).toBeLessThan(end);
    await first.kill();
    await expect(Sandbox.connect(first.sandboxId, local.options)).rejects.toBeInstanceOf(SandboxNotFoundError);
  });

  it("ends a sandbox by itself at its deadline", async () => {
    const sandbox = await Sandbox.create("base", { ...local.options, timeoutMs: 1_000 });
    await expect.poll(async () => sandbox.isRunning(), { timeout: 10_000 }).toBe(false);
    await expect(sandbox.getInfo()).rejects.toBeInstanceOf(SandboxNotFoundError);
  });

  it("lists by metadata and in pages that neither overlap nor miss", async () => {
    const label = { fleet: "x y&z" };
    const made = [];
    for (let i = 0; i < 3; i++)
      made.push(await Sandbox.create("base", { ...local.options, metadata: { ...label, n: String(i) } }));
    const pages = Sandbox.list({ ...local.options, query: { metadata: label }, limit: 2 });
    const first = await pages.nextItems();
    expect(pages.hasNext).toBe(true);
    const second = await pages.nextItems();
    expect(pages.hasNext).toBe(false);
    // Newest first.
    expect([...first, ...second].map((item) => item.sandboxId)).toEqual(made.map((item) => item.sandboxId).reverse());
    const one = await Sandbox.list({ ...local.options, query: { metadata: { n: "1" } } }).nextItems();
    expect(one.map((item) => item.sandboxId)).toEqual([made[1]?.sandboxId]);
    const paused = await Sandbox.list({ ...local.options, query: { state: ["paused"] } }).nextItems();
    expect(paused).toEqual([]);
    for (const sandbox of made) await sandbox.kill();
  });

  it("refuses with the words and types of E2B", async () => {
    await expect(Sandbox.create("base", { ...local.options, apiKey: `e2b_${"0".repeat(40)}` })).rejects.toBeInstanceOf(
      AuthenticationError,
    );
    await expect(Sandbox.create("no-such-template", local.options)).rejects.toThrow(
      "404: template 'no-such-template' not found",
    );
    const missing = await ask(local, "/sandboxes/inothere");
    expect(missing).toMatchObject({
      status: 404,
      body: { code: 404, message: `Sandbox "inothere" doesn't exist or you don't have access to it` },
    });
    expect((await ask(local, "/nodes")).body).toEqual({ code: 404, message: "no route GET /nodes" });
    const zero = await ask(local, "/v2/sandboxes", { method: "POST", body: '{"templateID":"base","timeout":0}' });
    expect(zero.body).toEqual({ code: 400, message: "Timeout must be greater than 0" });
    const long = await ask(local, "/v2/sandboxes", { method: "POST", body: '{"templateID":"base","timeout":90000}' });
    expect(long.body).toEqual({ code: 400, message: "Timeout cannot be greater than 24 hours" });
    expect((await ask(local, "/v2/sandboxes", { method: "POST", body: "{" })).status).toBe(400);
    expect((await ask(local, "/v2/sandboxes", { method: "POST", body: `"${"x".repeat(2_000_000)}"` })).status).toBe(
      400,
    );
  });

  it("has no place beyond the quota, and one again after a kill", async () => {
    const made = await Promise.all(Array.from({ length: 6 }, async () => Sandbox.create("base", local.options)));
    await expect(Sandbox.create("base", local.options)).rejects.toBeInstanceOf(RateLimitError);
    await made[0]?.kill();
    const again = await Sandbox.create("base", local.options);
    await Promise.all([...made.slice(1), again].map(async (sandbox) => sandbox.kill()));
    expect(local.server.running()).toBe(0);
  });

  it("serves both generations and names its isolation in header and clientID", async () => {
    const old = await ask(local, "/sandboxes", { method: "POST", body: '{"templateID":"nodejs","secure":true}' });
    expect(old.status).toBe(201);
    expect(old.body).toMatchObject({ clientID: "local-bwrap", alias: "node", envdVersion: "0.6.13" });
    expect(old.headers.get("x-e2b-local")).toMatch(
      /^target=local; isolation=bwrap; ids=(multi|single); limits=\w+; network=(off|rules)$/,
    );
    const { sandboxID } = old.body as { sandboxID: string };
    const connected = await ask(local, `/sandboxes/${sandboxID}/connect`, { method: "POST", body: '{"timeout":20}' });
    expect(connected.status).toBe(200);
    const listed = await ask(local, "/sandboxes");
    expect((listed.body as { sandboxID: string }[]).map((item) => item.sandboxID)).toEqual([sandboxID]);
    const refreshed = await ask(local, `/sandboxes/${sandboxID}/refreshes`, {
      method: "POST",
      body: '{"duration":60}',
    });
    expect(refreshed.status).toBe(204);
    const metrics = (await ask(local, `/sandboxes/${sandboxID}/metrics`)).body as Record<string, number>[];
    expect(metrics[0]?.cpuCount).toBe(1);
    expect(metrics[0]?.memUsed).toBeGreaterThan(1_000_000);
    // Only the part before the dash is the id.
    expect((await ask(local, `/sandboxes/${sandboxID}-local`, { method: "DELETE" })).status).toBe(204);
  });

  it("answers only to its own names, and never to a browser's preflight", async () => {
    const { request } = await import("node:http");
    const status = async (host: string, method = "GET", origin?: string): Promise<{ code: number; cors: unknown }> =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            port: local.server.port,
            host: "127.0.0.1",
            method,
            path: "/v2/sandboxes",
            headers: { host, "x-api-key": local.server.apiKey, ...(origin === undefined ? {} : { origin }) },
          },
          (response) => {
            response.resume();
            resolve({ code: response.statusCode ?? 0, cors: response.headers["access-control-allow-origin"] });
          },
        );
        outgoing.on("error", reject);
        outgoing.end();
      });
    expect(await status("evil.test")).toEqual({ code: 403, cors: undefined });
    expect(await status(`127.0.0.1.evil.test:${local.server.port}`)).toEqual({ code: 403, cors: undefined });
    expect(await status("127.0.0.1:1")).toEqual({ code: 403, cors: undefined });
    const own = `127.0.0.1:${local.server.port}`;
    expect(await status(own)).toEqual({ code: 200, cors: undefined });
    expect(await status(own, "GET", "http://evil.test")).toEqual({ code: 403, cors: undefined });
    expect(await status(own, "OPTIONS", "http://evil.test")).toEqual({ code: 403, cors: undefined });
    expect(await status(`localhost:${local.server.port}`, "OPTIONS")).toEqual({ code: 404, cors: undefined });
  });
});
