// The predecessor's defects that concern this door (docs of the system, section 12), each with a test under its own name.
import { afterEach, describe, expect, test } from "vitest";
import { openBackend } from "../../../src/backend/compose.ts";
import { operationTable } from "../../../src/backend/operations/table.ts";
import { isRecord } from "../../../src/contracts/json.ts";
import { jsonSchema } from "../../../src/contracts/parse.ts";
import { listTools } from "../../../src/doors/mcp/tools.ts";
import { wireSchema } from "../../../src/doors/wire-names.ts";
import { recordingBackend } from "../recording-backend.ts";
import { hello, httpClient, post, startHttp, stopAll } from "./http/connect.ts";

afterEach(stopAll);

/** Every `$ref` in a value. */
function references(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => references(item));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === "$ref" ? [item] : references(item)));
}

describe("lessons of the predecessor", () => {
  test("2: an alias is the same tool, and only documented aliases are", async () => {
    const { url, backend } = await startHttp();
    const { client } = await httpClient(url);
    const call = async (name: string) => {
      const result = await client.callTool({ name, arguments: {} });
      return { result, reached: backend.calls.splice(0) };
    };
    const rows = operationTable.filter(({ aliases }) => aliases.length > 0);
    for (const { name, aliases } of rows) {
      const own = await call(name);
      for (const alias of aliases) expect([alias, await call(alias)]).toEqual([alias, own]);
    }
    expect(rows.length).toBeGreaterThan(0);
    for (const name of ["createe2bsandbox", "CreateE2bSandbox", "create_E2b_sandbox", "createE2bSandbox "]) {
      await expect(client.callTool({ name })).rejects.toMatchObject({ code: -32602 });
    }
    await client.close();
  });

  test("25: the schema a tool publishes is the one its input is checked with", () => {
    for (const [index, tool] of listTools().entries()) {
      const row = operationTable[index];
      if (row === undefined) throw new Error("more tools than operations");
      expect(tool.inputSchema).toEqual(wireSchema(jsonSchema(row.input)));
      expect(tool.outputSchema).toEqual(jsonSchema(row.output));
    }
  });

  test("26: schemas hold no reference that a client cannot follow", () => {
    expect(references({ $ref: "file.json" })).toEqual(["file.json"]);
    expect(references(listTools())).toEqual([]);
  });

  test("26: a tool that fails never answers with a stub", async () => {
    const backend = recordingBackend({
      listE2bSandboxes: () => {
        throw new Error("broken inside");
      },
      getVersion: () => ({ version: "1", node: 20, e2bSdk: null }),
    });
    const { url } = await startHttp({ backend });
    const { client } = await httpClient(url);
    for (const name of ["listE2bSandboxes", "getVersion"]) {
      const result = await client.callTool({ name });
      expect(result).toMatchObject({ isError: true, structuredContent: { code: "internal", retryable: false } });
      expect(Object.keys(result.structuredContent ?? {})).toEqual([
        "code",
        "message",
        "hint",
        "retryable",
        ...(name === "getVersion" ? ["field"] : []),
      ]);
    }
    await client.close();
  });

  test("26: an invented revision is answered with one that exists", async () => {
    const { url } = await startHttp();
    const { json } = await post(url, hello.replace("2025-11-25", "2030-01-01"));
    expect(json).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
  });

  test("34: a missing key is a failure, not an answer", async () => {
    const backend = recordingBackend();
    const { url } = await startHttp({
      backend: { ...backend, open: () => openBackend({ target: "cloud" }, {}) },
    });
    const { client } = await httpClient(url);
    expect(await client.callTool({ name: "listE2bSandboxes" })).toMatchObject({
      isError: true,
      structuredContent: { code: "auth.missing", hint: "Set E2B_API_KEY, or use --target local" },
    });
    await client.close();
  });

  test("39: a key that stands in an error's text does not reach the wire", async () => {
    const key = `e2b_${"0123456789abcdef".repeat(2)}`;
    const backend = recordingBackend({
      getVersion: () => {
        throw new Error(`refused ${key}`);
      },
    });
    const { url } = await startHttp({ backend });
    const { client } = await httpClient(url);
    expect(JSON.stringify(await client.callTool({ name: "getVersion" }))).not.toContain(key);
    await client.close();
  });
});
