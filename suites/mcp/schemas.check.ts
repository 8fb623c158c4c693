// Published schemas compile, accept what is valid, refuse what is not and name the field; what a tool answers fits the
// schema it published and equals what the library answers. No field is lost on the way in or out.
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isRecord } from "../../src/contracts/json.ts";
import { jsonSchema } from "../../src/contracts/parse.ts";
import { operationTable } from "../../src/backend/operations/table.ts";
import { check, type Check } from "../check.ts";
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

const refusalFields = ["code", "field", "hint", "message", "retryable"] as const;

check("mcp.schemas", async ({ see, backend, create, keep, mcp }) => {
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
    ["monitorE2bHealth", { include_all_sandboxes: true }],
    ["backtest", { strategy: "momentum", symbols: ["AAPL"], start: "2016-01-04" }],
    ["runE2bAgent", { agent_type: "momentum", symbols: ["AAPL"], sandbox_id: sandboxId }],
    ["executeSwarmStrategy", { symbols: ["AAPL"], as_of: "2017-06-01", headlines: false }],
    ["terminateE2bSandbox", { sandbox_id: "inosuchsandbox0000001", force: true }],
  ];
  for (const [name, args] of calls) {
    await see(`${name} answers as it published, in text and structure`, { schema: "valid", same: true }, async () => {
      const answer = await call(server, name, args);
      return { schema: fits(schemas.get(name), answer.structuredContent), same: saysTheSame(answer) };
    });
  }
  await seeArguments({ see, backend, keep }, server, schemas);
  await see("a refusal says code, sentence, hint, whether to retry, and the field", refusalFields, async () => {
    const { structuredContent } = await call(server, "createE2bSandbox", { count: 0 });
    return isRecord(structuredContent) ? Object.keys(structuredContent).sort() : [];
  });
  await server.end();
});

/** Every argument a tool lists reaches its operation: the effect of each is looked at. */
async function seeArguments(
  { see, backend, keep }: Pick<Check, "see" | "backend" | "keep">,
  server: RawServer,
  schemas: ReadonlyMap<string, Compiled>,
): Promise<void> {
  await see("each tool lists the arguments of its operation", wireNames(), async () => listedArguments(server));
  const made = await call(server, "createE2bSandbox", {
    template: "node",
    name: "by-tool",
    count: 2,
    timeout_seconds: 90,
    env_vars: { OWN: "of the sandbox" },
  });
  const rows = rowsOf(made.structuredContent, "sandboxes");
  const ids = rows.map((row) => String(row.sandboxId));
  keep(...ids);
  await see("createE2bSandbox answers as it published", "valid", () =>
    fits(schemas.get("createE2bSandbox"), made.structuredContent),
  );
  await see("count, template, name and life of a creation arrive", ["by-tool-1 node 90", "by-tool-2 node 90"], () =>
    rows.map((row) => `${String(row.name)} ${String(row.template)} ${secondsOf(row)}`).sort(),
  );
  const inside = async (more: object): Promise<unknown> => {
    const { structuredContent } = await call(server, "executeE2bProcess", { sandbox_id: ids[0], ...more });
    return isRecord(structuredContent) ? [structuredContent.stdout, structuredContent.timedOut] : null;
  };
  await see("the environment of a creation arrives", ["of the sandbox\n", false], () =>
    inside({ command: "echo $OWN" }),
  );
  const shell = { command: "sh", args: ["-c", 'pwd; echo "$OWN"'], cwd: "/tmp", env_vars: { OWN: "of the command" } };
  await see("arguments, folder and environment of a command arrive", ["/tmp\nof the command\n", false], () =>
    inside(shell),
  );
  await see("so does that its output is not wanted", ["", false], () => inside({ ...shell, capture_output: false }));
  await see("so does its time limit", ["", true], () => inside({ command: "sleep 30", timeout_seconds: 1 }));
  const dates = { symbols: ["AAPL"], start: "2014-01-02", end: "2016-12-30" };
  const own = { params: { fast: 5, slow: 30 }, cash: 5_000 };
  const { results } = await backend.call("backtest", { strategy: "sma-cross", ...dates, ...own, costBps: 7 });
  await see("all of a backtest's arguments arrive", results, async () =>
    rowsOf(
      (await call(server, "backtest", { strategy: "sma-cross", ...dates, ...own, cost_bps: 7 })).structuredContent,
      "results",
    ),
  );
  const agent = { symbols: ["AAPL"], strategyParams: { lookback: 126 }, sandboxId: ids[1] ?? "" };
  const { proposals } = await backend.call("runE2bAgent", { agentType: "momentum", asOf: "2016-05-02", ...agent });
  const figures = proposals.map((proposal) => proposal.figures);
  await see("all of an agent's arguments arrive", [ids[1], figures], async () => {
    const { structuredContent } = await call(server, "runE2bAgent", {
      agent_type: "momentum",
      as_of: "2016-05-02",
      symbols: ["AAPL"],
      strategy_params: { lookback: 126 },
      sandbox_id: ids[1],
    });
    const place = isRecord(structuredContent) ? structuredContent.sandboxId : null;
    return [place, rowsOf(structuredContent, "proposals").map((proposal) => proposal.figures)];
  });
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(value: unknown, name: string): readonly Row[] {
  const rows = isRecord(value) ? value[name] : null;
  return Array.isArray(rows) ? rows.filter((row) => isRecord(row)) : [];
}

/** Life that was asked for, to the nearest ten seconds. */
function secondsOf(sandbox: Row): number {
  return Math.round((Date.parse(String(sandbox.endAt)) - Date.parse(String(sandbox.createdAt))) / 10_000) * 10;
}

/** `tool: argument, …` of the operations, in the snake case of the wire. */
function wireNames(): readonly string[] {
  return operationTable.map((row) => `${row.name}: ${namesIn(jsonSchema(row.input), snake)}`).sort();
}

async function listedArguments(server: RawServer): Promise<readonly string[]> {
  const { result } = await server.request("tools/list");
  return rowsOf(result, "tools")
    .map((tool) => `${String(tool.name)}: ${namesIn(tool.inputSchema, (name) => name)}`)
    .sort();
}

function namesIn(schema: unknown, spell: (name: string) => string): string {
  const { properties } = isRecord(schema) ? schema : {};
  return Object.keys(isRecord(properties) ? properties : {})
    .map((name) => spell(name))
    .sort()
    .join(", ");
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function fits(compiled: Compiled | undefined, value: unknown): string {
  if (compiled === undefined || compiled === null) return "no schema";
  return compiled(value) ? "valid" : JSON.stringify(compiled.errors);
}

function saysTheSame({ content, structuredContent }: Row): boolean {
  const first: unknown = Array.isArray(content) ? content[0] : null;
  return isRecord(first) && JSON.stringify(JSON.parse(String(first.text))) === JSON.stringify(structuredContent);
}

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
