import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox, Secret, SecretNotFoundError } from "e2b/dist/index.mjs";
import type { Log } from "../../../src/host/log.ts";
import { noBwrap, startLocal, type Local } from "../harness.ts";

const value = "plain-text-value-41";

describe.skipIf(noBwrap !== null)(`secrets (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  const logged: string[] = [];
  beforeAll(async () => {
    const log: Log = { write: (level, message, fields) => void logged.push(JSON.stringify([level, message, fields])) };
    local = await startLocal({ spares: 0, log });
  });
  afterAll(async () => local?.server.close());

  const ask = async (method: string, path: string, body?: unknown): Promise<[number, string]> => {
    const response = await fetch(local.server.url + path, {
      method,
      headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [response.status, await response.text()];
  };

  it("has versions, metadata and pages, by id and by name in any case", async () => {
    const made = await Secret.create("OpenAI-Key", value, { ...local.options, metadata: { team: "a" } });
    expect(made).toMatchObject({ name: "openai-key", version: 1, metadata: { team: "a" } });
    expect(made.secretId).toMatch(/^sec_[0-9a-f]{32}$/);
    const kept = await Secret.update("OPENAI-key", "another", local.options);
    expect([kept.version, kept.metadata]).toEqual([2, { team: "a" }]);
    const replaced = await Secret.update(made.secretId, "third", { ...local.options, metadata: {} });
    expect([replaced.version, replaced.metadata]).toEqual([3, {}]);
    await Secret.create("second", value, local.options);
    const pages = Secret.list({ ...local.options, limit: 1 });
    const names = [...(await pages.nextItems()), ...(await pages.nextItems())].map(({ name }) => name);
    expect([names, pages.hasNext]).toEqual([["openai-key", "second"], false]);
    await expect(Secret.create("Second", value, local.options)).rejects.toThrow("409");
    expect(await Secret.destroy("second", local.options)).toBe(true);
    expect(await Secret.exists("second", local.options)).toBe(false);
    await expect(Secret.getInfo("second", local.options)).rejects.toBeInstanceOf(SecretNotFoundError);
  });

  it("keeps to the limits of metadata, names and values", async () => {
    const create = async (more: object): Promise<number> =>
      (await ask("POST", "/secrets", { name: "limits", value, ...more }))[0];
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, "v"]));
    const large = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, "v".repeat(1_000)]));
    expect(await create({ metadata: many })).toBe(400);
    expect(await create({ metadata: large })).toBe(400);
    expect(await create({ metadata: { ["k".repeat(129)]: "v" } })).toBe(400);
    expect(await create({ metadata: { k: "é".repeat(513) } })).toBe(400);
    expect(await create({ metadata: { k: 1 } })).toBe(400);
    expect(await create({ value: "" })).toBe(400);
    for (const name of ["", "a{b", "sec_mine", "tab\there"]) expect(await create({ name })).toBe(400);
    expect(await create({ metadata: { ["k".repeat(128)]: "v".repeat(1_024) } })).toBe(201);
  });

  it("never shows a value, and refuses to pretend that a marker would be filled in", async () => {
    const answers = [
      await ask("POST", "/secrets", { name: "hidden", value }),
      await ask("POST", "/secrets", { name: "hidden", value }),
      await ask("GET", "/secrets/hidden"),
      await ask("POST", "/secrets/hidden", { value }),
      await ask("GET", "/secrets"),
      await ask("POST", "/secrets/none", { value }),
    ];
    expect(answers.map(([status]) => status)).toEqual([201, 409, 200, 200, 200, 404]);
    expect(answers.map(([, text]) => text).filter((text) => text.includes(value))).toEqual([]);
    expect(logged.filter((line) => line.includes(value))).toEqual([]);
    const envs = { KEY: Secret.fill("hidden") };
    await expect(Sandbox.create("base", { ...local.options, envs })).rejects.toThrow(
      "400: The local target does not support secrets in traffic",
    );
    const { sandboxId } = await Sandbox.create("base", local.options);
    const rules = (text: string): unknown => ({ rules: { "example.com": [{ transform: { headers: { a: text } } }] } });
    const [status, said] = await ask("PUT", `/sandboxes/${sandboxId}/network`, rules(envs.KEY));
    expect([status, said]).toEqual([400, expect.stringContaining("does not support secrets in traffic")]);
    expect((await ask("PUT", `/sandboxes/${sandboxId}/network`, {}))[0]).toBe(204);
  });
});
