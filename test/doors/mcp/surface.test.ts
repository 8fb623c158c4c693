// What the server offers beside plain tool calls: resources, prompts, completions, confirmations, idempotency keys. In both eras.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, test } from "vitest";
import { deferred } from "./connect.ts";
import { recordingBackend, type RecordingBackend } from "../recording-backend.ts";
import { httpClient, startHttp, stopAll, type HttpServer } from "./http/connect.ts";

const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await stopAll();
});

type Era = "legacy" | "modern";
type Answer = { readonly action: "accept" | "decline" | "cancel"; readonly content?: Record<string, boolean> };

async function begin(era: Era, parts: { backend?: RecordingBackend; folder?: string; answer?: Answer } = {}) {
  const { answer, ...rest } = parts;
  const server = await startHttp(rest);
  const { client, asked } = await enter(server, era, answer);
  return { server, client, asked };
}

async function enter(server: HttpServer, era: Era, answer?: Answer) {
  const asked: string[] = [];
  const capabilities = answer === undefined ? {} : { elicitation: {} };
  const prepare = (client: Client): void => {
    if (answer === undefined) return;
    client.setRequestHandler("elicitation/create", ({ params }) => {
      asked.push(params.message);
      return answer;
    });
  };
  const { client } = await httpClient(server.url, { era, capabilities, prepare });
  open.push(client);
  return { client, asked };
}

const eras = ["legacy", "modern"] as const;

describe.each(eras)("resources, %s", (era) => {
  test("reports, runs, price lists and pages are listed, read and completed; what is not listed is not read", async () => {
    const { client, server } = await begin(era);
    const run = join(server.folder, "reports/run_1");
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, "report.md"), "# Report");
    writeFileSync(join(run, "results.json"), "{}");
    const { resources } = await client.listResources();
    const uris = resources.map(({ uri }) => uri);
    expect(uris).toEqual(
      expect.arrayContaining([
        "e2b://swarm",
        "e2b://reports/run_1",
        "e2b://runs/run_1",
        "e2b://prices/e2b-list",
        "e2b://docs/faults",
      ]),
    );
    for (const uri of uris) expect((await client.readResource({ uri })).contents).toMatchObject([{ uri }]);
    const read = async (uri: string) => (await client.readResource({ uri })).contents[0];
    expect(await read("e2b://reports/run_1")).toMatchObject({ mimeType: "text/markdown", text: "# Report" });
    const swarm = await read("e2b://swarm");
    expect(JSON.parse(swarm !== undefined && "text" in swarm ? swarm.text : "")).toMatchObject({
      health: { status: "degraded" },
      sandboxes: [{ sandboxId: "sbx1" }, { sandboxId: "sbx2" }],
    });
    for (const uri of [
      "e2b://reports/..%2F..%2Fetc",
      "e2b://reports/none",
      "e2b://docs/..",
      "file:///etc/passwd",
      "e2b://runs/%",
    ]) {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602, data: { uri } });
    }
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain("e2b://runs/{id}");
    const completed = await client.complete({
      ref: { type: "ref/resource", uri: "e2b://runs/{id}" },
      argument: { name: "id", value: "RUN" },
    });
    expect(completed.completion).toEqual({ values: ["run_1"], total: 1, hasMore: false });
  });
});

describe.each(eras)("prompts, %s", (era) => {
  test("are listed with descriptions, filled in, completed; mistakes are -32602", async () => {
    const { client } = await begin(era);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name, description }) => [name, (description ?? "").length > 20])).toEqual([
      ["triage-run", true],
      ["plan-deployment", true],
    ]);
    const { messages } = await client.getPrompt({ name: "triage-run", arguments: { run_id: "run_7" } });
    expect(JSON.stringify(messages)).toContain("e2b://runs/run_7");
    const argument = { name: "price_list", value: "e2b" };
    const { completion } = await client.complete({ ref: { type: "ref/prompt", name: "plan-deployment" }, argument });
    expect(completion.values).toEqual(["e2b-list"]);
    const wrong = [
      { name: "none" },
      { name: "triage-run" },
      { name: "triage-run", arguments: { run_id: "x", other: "y" } },
    ];
    for (const params of wrong) await expect(client.getPrompt(params)).rejects.toMatchObject({ code: -32602 });
  });

  test("a cursor nobody gave is refused", async () => {
    const { client } = await begin(era);
    await expect(client.request({ method: "tools/list", params: { cursor: "x" } })).rejects.toMatchObject({
      code: -32602,
    });
  });
});

describe.each(eras)("confirmation, %s", (era) => {
  const terminate = { name: "terminateE2bSandbox", arguments: { sandbox_id: "sbx1" } };

  test("a person who agrees is asked once, and the sandbox is ended", async () => {
    const { client, server, asked } = await begin(era, { answer: { action: "accept", content: { confirm: true } } });
    const result = await client.callTool(terminate);
    expect(result.structuredContent).toMatchObject({ status: "terminated" });
    expect(asked).toEqual([expect.stringContaining('{"sandboxId":"sbx1","force":false}')]);
    expect(server.backend.calls.map(({ name }) => name)).toEqual(["terminateE2bSandbox"]);
  });

  test.each([{ action: "accept", content: { confirm: false } }, { action: "decline" }, { action: "cancel" }] as const)(
    "%j is a no, and nothing is done",
    async (answer) => {
      const { client, server } = await begin(era, { answer });
      const result = await client.callTool(terminate);
      expect(result).toMatchObject({ isError: true, structuredContent: { code: "usage.confirm", retryable: false } });
      expect(server.backend.calls).toEqual([]);
    },
  );

  test("a client that cannot ask is told how to confirm, and force does", async () => {
    const { client, server } = await begin(era);
    const refused = await client.callTool(terminate);
    expect(refused).toMatchObject({ isError: true, structuredContent: { code: "usage.confirm", field: "force" } });
    expect(server.backend.calls).toEqual([]);
    const forced = await client.callTool({ ...terminate, arguments: { ...terminate.arguments, force: true } });
    expect(forced.structuredContent).toMatchObject({ status: "terminated" });
  });
});

describe.each(eras)("idempotency keys, %s", (era) => {
  const call = (client: Client, key: string, args = {}) =>
    client.callTool({ name: "createE2bSandbox", arguments: args, _meta: { "e2b-swarm/idempotency_key": key } });

  test("a repeated call gives the first result, also to another client of a later server", async () => {
    const { client, server } = await begin(era);
    const first = await call(client, "k1");
    expect(await call(client, "k1")).toEqual(first);
    await call(client, "k2");
    expect(server.backend.calls).toHaveLength(2);
    await server.stop();
    const next = await begin(era, { folder: server.folder });
    expect(await call(next.client, "k1")).toEqual(first);
    expect(next.server.backend.calls).toEqual([]);
  });

  test("two at once are one call; another input under the same key is refused", async () => {
    const release = deferred<void>();
    const backend = recordingBackend({
      createE2bSandbox: async () => {
        await release.promise;
        return { sandboxes: [] };
      },
    });
    const { client } = await begin(era, { backend });
    const both = [call(client, "k"), call(client, "k")];
    await expect.poll(() => backend.calls.length).toBe(1);
    expect(await call(client, "k", { count: 2 })).toMatchObject({
      isError: true,
      structuredContent: { code: "usage.invalid" },
    });
    release.resolve();
    const [first, second] = await Promise.all(both);
    expect(second).toEqual(first);
    expect(backend.calls).toHaveLength(1);
  });

  test("a call that was cut off by the end of the server is not done again under its key", async () => {
    const started = deferred<void>();
    const backend = recordingBackend({
      createE2bSandbox: async () => {
        started.resolve();
        await new Promise(() => undefined);
      },
    });
    const { client, server } = await begin(era, { backend });
    call(client, "k").catch(() => undefined);
    await started.promise;
    const next = await begin(era, { folder: server.folder });
    expect(await call(next.client, "k")).toMatchObject({
      isError: true,
      structuredContent: { code: "server.restarted" },
    });
    expect(next.server.backend.calls).toEqual([]);
  });

  test("a refusal before anything was done leaves the key free", async () => {
    const { client } = await begin(era);
    expect(await call(client, "k", { count: 0 })).toMatchObject({ isError: true });
    expect((await call(client, "k", { count: 1 })).isError).toBeUndefined();
    expect(await call(client, "x".repeat(201))).toMatchObject({
      isError: true,
      structuredContent: { code: "usage.invalid" },
    });
  });
});
