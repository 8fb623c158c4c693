import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { guardedNames } from "../../../../src/doors/mcp/http/listen.ts";
import { SwarmError } from "../../../../src/contracts/swarm-error.ts";
import { realClock, type Clock } from "../../../../src/host/clock.ts";
import { operationTable } from "../../../../src/backend/operations/table.ts";
import { recordingBackend } from "../../recording-backend.ts";
import { deferred } from "../connect.ts";
import { hello, httpClient, post, startHttp, stopAll } from "./connect.ts";

afterEach(stopAll);

/** A POST with headers that fetch does not let one choose. */
function rawStatus(url: string, headers: Readonly<Record<string, string>>, body = "{}"): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: { "content-type": "application/json", ...headers } });
    call.once("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    call.once("error", reject);
    call.end(body);
  });
}

describe("both eras", () => {
  test.each(["legacy", "modern"] as const)("a %s client lists and calls tools, with progress", async (era) => {
    const backend = recordingBackend({
      getVersion: (_input, { progress }) => {
        progress?.("first");
        progress?.("second");
        return { version: "1", node: "20", e2bSdk: "2" };
      },
    });
    const { url } = await startHttp({ backend });
    const { client } = await httpClient(url, { era });
    expect((await client.listTools()).tools).toHaveLength(operationTable.length);
    const told: unknown[] = [];
    const result = await client.callTool({ name: "getVersion" }, { onprogress: (step) => told.push(step) });
    expect(result.structuredContent).toEqual({ version: "1", node: "20", e2bSdk: "2" });
    expect(told).toEqual([
      { progress: 1, message: "first" },
      { progress: 2, message: "second" },
    ]);
    await client.close();
  });

  test.each(["legacy", "modern"] as const)("a %s client's cancellation reaches the operation", async (era) => {
    const started = deferred<AbortSignal>();
    const backend = recordingBackend({
      createE2bSandbox: async (_input, { signal }) => {
        if (signal === undefined) throw new Error("no signal");
        started.resolve(signal);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw new SwarmError("cancelled", "Stopped");
      },
    });
    const { url } = await startHttp({ backend });
    const { client } = await httpClient(url, { era });
    const stop = new AbortController();
    const call = client.callTool({ name: "createE2bSandbox" }, { signal: stop.signal });
    const signal = await started.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    stop.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await aborted;
    await client.close();
  });

  test.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])("revision %s is spoken", async (version) => {
    const { url } = await startHttp();
    const { json, status } = await post(url, hello.replace("2025-11-25", version));
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: 1, result: { protocolVersion: version } });
  });
});

describe("strict JSON-RPC", () => {
  const refused: readonly (readonly [string, number, number, unknown])[] = [
    ["{bad", 400, -32700, null],
    ["", 400, -32700, null],
    ["[]", 400, -32600, null],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]', 400, -32600, null],
    ["42", 400, -32600, null],
    ['{"id":"a","method":"ping"}', 400, -32600, "a"],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600, null],
    ['{"jsonrpc":"2.0","id":3,"method":"ping","params":[1]}', 400, -32600, 3],
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}', 400, -32000, 1],
  ];
  test.each(refused)("%s is answered %d %d with id %j", async (body, status, code, id) => {
    const { url } = await startHttp();
    expect(await post(url, body)).toMatchObject({ status, json: { jsonrpc: "2.0", id, error: { code } } });
  });

  test("in a session: unknown methods and tools, missing params, unknown notifications", async () => {
    const { url } = await startHttp();
    const session = { "mcp-session-id": (await post(url, hello)).headers.get("mcp-session-id") ?? "" };
    const ask = (message: object) => post(url, JSON.stringify({ jsonrpc: "2.0", ...message }), session);
    expect((await ask({ id: 2, method: "unheard" })).json).toMatchObject({ id: 2, error: { code: -32601 } });
    expect((await ask({ id: 0, method: "tools/call" })).json).toMatchObject({ id: 0, error: { code: -32602 } });
    const unknown = { id: "t", method: "tools/call", params: { name: "unheard" } };
    expect((await ask(unknown)).json).toMatchObject({ id: "t", error: { code: -32602 } });
    expect(await ask({ method: "notifications/unheard" })).toMatchObject({ status: 202, json: null });
  });

  test("Accept, Content-Type, path, method and size have their statuses", async () => {
    const { url } = await startHttp({ maxBodyBytes: 1_000 });
    expect((await post(url, hello, { accept: "application/json" })).status).toBe(406);
    expect((await post(url, hello, { "content-type": "text/plain" })).status).toBe(415);
    expect((await post(`${url}x`, hello)).status).toBe(404);
    expect((await post(url, " ".repeat(1_001))).status).toBe(413);
    expect((await fetch(url, { method: "PUT" })).status).toBe(400);
    expect((await fetch(url)).status).toBe(400);
  });
});

describe("sessions", () => {
  test("a forged, foreign or deleted id is 404, and a deleted one stays so after a restart", async () => {
    const first = await startHttp();
    const { client, transport } = await httpClient(first.url);
    const id = transport.sessionId ?? "";
    const ping = JSON.stringify({ jsonrpc: "2.0", id: 9, method: "ping" });
    const forged = `${"0".repeat(32)}.${id.split(".")[1]}`;
    for (const wrong of [forged, "x", `${id}x`]) {
      expect(await post(first.url, ping, { "mcp-session-id": wrong })).toMatchObject({
        status: 404,
        json: { id: 9, error: { code: -32001 } },
      });
    }
    await transport.terminateSession();
    await client.close();
    expect((await post(first.url, ping, { "mcp-session-id": id })).status).toBe(404);
    await first.stop();
    const second = await startHttp({ folder: first.folder });
    expect((await post(second.url, ping, { "mcp-session-id": id })).status).toBe(404);
  });

  test("one whose beginning is refused keeps no place", async () => {
    const { url, folder } = await startHttp();
    const files = (): string[] => readdirSync(join(folder, ".swarm/mcp/sessions"));
    expect((await post(url, hello, { accept: "application/json" })).status).toBe(406);
    expect(files()).toEqual([]);
    expect((await post(url, hello)).status).toBe(200);
    expect(files().filter((name) => name.endsWith(".json"))).toHaveLength(1);
  });

  test.each(["2025-06-18", "2025-11-25"])(
    "of revision %s is not given up while a call runs, be it silent for long; it is afterwards",
    async (version) => {
      let aheadMs = 0;
      let sweep = (): void => undefined;
      const clock: Clock = {
        ...realClock,
        nowMs: () => realClock.nowMs() + aheadMs,
        every(_ms, call) {
          sweep = call;
          return () => undefined;
        },
      };
      const [started, release] = [deferred<void>(), deferred<void>()];
      const backend = recordingBackend({
        createE2bSandbox: async () => {
          started.resolve();
          await release.promise;
          return { sandboxes: [] };
        },
      });
      const { url } = await startHttp({ backend, clock });
      const begun = await post(url, hello.replace("2025-11-25", version));
      const session = {
        "mcp-session-id": begun.headers.get("mcp-session-id") ?? "",
        "mcp-protocol-version": version,
      };
      const params = { name: "createE2bSandbox", arguments: {} };
      const call = post(url, JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params }), session);
      await started.promise;
      aheadMs = 31 * 60_000;
      sweep();
      release.resolve();
      expect((await call).json).toMatchObject({ id: 2, result: { structuredContent: { sandboxes: [] } } });
      aheadMs *= 2;
      const listening = await fetch(url, { headers: { ...session, accept: "text/event-stream" } });
      aheadMs *= 2;
      sweep();
      expect(await listening.text()).not.toContain("data: {");
    },
  );

  test("a session is taken up by the next server under the same id", async () => {
    const first = await startHttp();
    const begun = await post(first.url, hello);
    const session = { "mcp-session-id": begun.headers.get("mcp-session-id") ?? "" };
    await first.stop();
    const second = await startHttp({ folder: first.folder });
    const call = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "getVersion", arguments: {} } };
    const answers = await Promise.all([1, 2].map((id) => post(second.url, JSON.stringify({ ...call, id }), session)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(second.backend.calls.map(({ name }) => name)).toEqual(["getVersion", "getVersion"]);
  });

  test("a broken stream is resumed exactly, also by the next server; a call that died there ends with an error", async () => {
    const started = deferred<void>();
    const backend = recordingBackend({
      createE2bSandbox: async (_input, { progress }) => {
        progress?.("begun");
        started.resolve();
        await new Promise(() => undefined);
      },
    });
    const first = await startHttp({ backend });
    const begun = await post(first.url, hello);
    const headers = {
      "mcp-session-id": begun.headers.get("mcp-session-id") ?? "",
      "mcp-protocol-version": "2025-11-25",
      accept: "application/json, text/event-stream",
    };
    const hungUp = new AbortController();
    const call = await fetch(first.url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 7,
        method: "tools/call",
        params: { name: "createE2bSandbox", arguments: {}, _meta: { progressToken: "p" } },
      }),
      signal: hungUp.signal,
    });
    const reader = call.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes("id: ")) seen += (await reader?.read())?.value ?? "";
    const lastEventId = /id: (\S+)/.exec(seen)?.[1] ?? "";
    await started.promise;
    hungUp.abort();
    // The process dies: nothing of it is closed in order.
    const second = await startHttp({ folder: first.folder });
    const replayed = await fetch(second.url, { headers: { ...headers, "last-event-id": lastEventId } });
    const messages = (await replayed.text())
      .split("\n")
      .flatMap((line) => (line.startsWith("data: {") ? [JSON.parse(line.slice("data: ".length))] : []));
    expect(messages).toMatchObject([
      { method: "notifications/progress", params: { progressToken: "p", progress: 1, message: "begun" } },
      { id: 7, error: { code: -32603, data: { restarted: true } } },
    ]);
    expect((await fetch(second.url, { headers: { ...headers, "last-event-id": "99.none" } })).status).toBe(400);
  });
});

describe("guards", () => {
  test("a foreign Host or Origin is refused, this machine's own is not", async () => {
    const { url } = await startHttp();
    expect(await rawStatus(url, { host: "evil.example" })).toBe(403);
    expect(await rawStatus(url, { host: "127.0.0.1.evil.example:80" })).toBe(403);
    expect(await rawStatus(url, { origin: "https://evil.example" })).toBe(403);
    expect(await rawStatus(url, { origin: "null" })).toBe(403);
    expect(await rawStatus(url, { host: "localhost:1", origin: "http://localhost:3000" }, "{bad")).toBe(400);
  });

  test("beyond this machine nothing is served without tokens", () => {
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "example.org"]) {
      expect(() => guardedNames(host, [], false)).toThrow("[server.unguarded]");
    }
    expect(guardedNames("10.0.0.1", ["swarm.example"], true)).toContain("swarm.example");
    expect(guardedNames("::1", [], false)).toContain("[::1]");
  });

  test("tokens: none, unknown, expired, read only, operate", async () => {
    const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
    const { folder } = await startHttp();
    const file = join(folder, "tokens.json");
    const later = "2999-01-01T00:00:00Z";
    const rows = [
      { name: "looks", sha256: sha256("a"), scopes: ["read"], expires_at: later },
      { name: "acts", sha256: sha256("b"), scopes: ["operate"], expires_at: later },
      { name: "was", sha256: sha256("c"), scopes: ["operate"], expires_at: "2020-01-01T00:00:00Z" },
    ];
    writeFileSync(file, JSON.stringify({ tokens: rows }));
    const server = await startHttp({ tokens: { file } });
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    for (const headers of [{}, bearer("x"), bearer("c")]) {
      const { status, headers: back } = await post(server.url, hello, headers);
      expect([status, back.get("www-authenticate")?.startsWith("Bearer ")]).toEqual([401, true]);
    }
    const { client } = await httpClient(server.url, { token: "a" });
    expect((await client.callTool({ name: "listE2bSandboxes" })).isError).toBeUndefined();
    const { status, headers } = await post(
      server.url,
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "create_e2b_sandbox" } }),
      bearer("a"),
    );
    expect([status, headers.get("www-authenticate")]).toEqual([403, expect.stringContaining('scope="operate"')]);
    const other = await httpClient(server.url, { token: "b" });
    expect((await other.client.callTool({ name: "createE2bSandbox" })).isError).toBeUndefined();
    const stolen = {
      ...bearer("b"),
      "mcp-session-id": (await post(server.url, hello, bearer("a"))).headers.get("mcp-session-id") ?? "",
    };
    expect((await post(server.url, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }), stolen)).status).toBe(
      404,
    );
    await client.close();
    await other.client.close();
  });
});
