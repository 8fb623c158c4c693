// Published schemas compile, accept what is valid, refuse what is not and name the field; what a tool answers fits the
// schema it published and equals what the library answers.
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import type { RawServer } from "./raw-server.ts";

const refused: readonly (readonly [string, object, string])[] = [
  ["createE2bSandbox", { count: 0 }, "count"],
  ["createE2bSandbox", { count: "three" }, "count"],
  ["createE2bSandbox", { colour: "red" }, "colour"],
  ["executeE2bProcess", { command: "true" }, "sandbox_id"],
  ["runE2bAgent", { agent_type: "momentum", use_gpu: "yes" }, "use_gpu"],
  ["runE2bAgent", { agent_type: "momentum", strategy_params: "{}" }, "strategy_params"],
  ["listE2bSandboxes", { status: "asleep" }, "status"],
];

check("mcp.schemas", async ({ see, backend, create, mcp }) => {
  const server = mcp();
  await server.initialize();
  const schemas = await outputSchemas(server);
  await see("every published output schema compiles", [], () =>
    [...schemas].filter(([, compile]) => compile === null).map(([name]) => name),
  );
  for (const [name, args, field] of refused) {
    await see(`${name} ${JSON.stringify(args)} is refused naming ${field}`, true, async () => {
      const answer = await call(server, name, args);
      return answer.isError === true && JSON.stringify(answer.content).includes(field);
    });
  }
  const [{ sandboxId }] = await create({ template: "base" });
  await see(
    "getVersion equals the library's answer",
    await backend.call("getVersion", {}),
    async () => (await call(server, "getVersion", {})).structuredContent,
  );
  await see(
    "listE2bSandboxes equals the library's answer",
    await backend.call("listE2bSandboxes", {}),
    async () => (await call(server, "listE2bSandboxes", {})).structuredContent,
  );
  const calls: readonly (readonly [string, object])[] = [
    ["getVersion", {}],
    ["listE2bSandboxes", { status: "running" }],
    ["getE2bSandboxStatus", { sandbox_id: sandboxId }],
    ["executeE2bProcess", { sandbox_id: sandboxId, command: "echo hi" }],
    ["monitorE2bHealth", {}],
    ["backtest", { strategy: "momentum", symbols: ["AAPL"], start: "2016-01-04" }],
  ];
  for (const [name, args] of calls) {
    await see(`${name} answers as it published`, "valid", async () => {
      const { structuredContent } = await call(server, name, args);
      const compiled = schemas.get(name);
      if (compiled === undefined || compiled === null) return "no schema";
      return compiled(structuredContent) ? "valid" : JSON.stringify(compiled.errors);
    });
  }
  await see("text and structured content say the same", true, async () => {
    const { content, structuredContent } = await call(server, "getVersion", {});
    const first: unknown = Array.isArray(content) ? content[0] : null;
    return isRecord(first) && JSON.stringify(JSON.parse(String(first.text))) === JSON.stringify(structuredContent);
  });
  await server.end();
});

type Compiled = ReturnType<Ajv2020["compile"]> | null;

async function outputSchemas(server: RawServer): Promise<ReadonlyMap<string, Compiled>> {
  const { result } = await server.request("tools/list");
  const tools: unknown[] = isRecord(result) && Array.isArray(result.tools) ? result.tools : [];
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const compiled = new Map<string, Compiled>();
  for (const tool of tools) {
    if (isRecord(tool)) compiled.set(String(tool.name), compile(ajv, tool.outputSchema));
  }
  return compiled;
}

function compile(ajv: Ajv2020, schema: unknown): Compiled {
  try {
    return isRecord(schema) ? ajv.compile(schema) : null;
  } catch {
    return null;
  }
}

async function call(server: RawServer, name: string, args: object): Promise<Readonly<Record<string, unknown>>> {
  const { result } = await server.request("tools/call", { name, arguments: args });
  return isRecord(result) ? result : {};
}
