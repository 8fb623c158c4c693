// Every row of the operations table through the library, MCP on stdio, MCP over HTTP and the command line: the same input gives
// the same call and the same value. Generated from the table and the schemas, so that a new operation is covered by being there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openBackend } from "../../src/backend/compose.ts";
import { operationTable, type OperationName, type OperationRow } from "../../src/backend/operations/table.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { jsonSchema, parse } from "../../src/contracts/parse.ts";
import { wireForm } from "../../src/doors/cli/wire-form.ts";
import { throughCli, throughHttp, throughStdio, unreachable, withoutCommand, type Input } from "./four-doors.ts";
import { stopAll } from "./mcp/http/connect.ts";
import { recordingBackend, type RecordingBackend } from "./recording-backend.ts";

afterEach(stopAll);

/** What the command line cannot say: it always wants the output, and has a page instead of a series. */
const notOnTheCommandLine: Partial<Record<OperationName, readonly string[]>> = {
  executeE2bProcess: ["captureOutput"],
  backtest: ["series"],
};

/** Text that more than the schema restricts. */
const texts: Readonly<Record<string, string>> = {
  agentType: "momentum",
  start: "2016-07-01",
  end: "2017-06-30",
  asOf: "2017-06-30",
  dataFile: "own.csv",
  page: "page.html",
  feed: "alpaca",
  templateName: "mine",
  deploymentId: `deployment_${"4h6k".repeat(4)}`,
  shard: "2/3",
  swarmId: `swarm_${"4h6k".repeat(4)}`,
};

/** A value for every field that every door can say; booleans are the opposite of their default. */
function inputOf(row: OperationRow): Input {
  const { properties } = jsonSchema(row.input);
  const left = unreachable(row);
  const fields = Object.entries(isRecord(properties) ? properties : {}).filter(([name]) => !left.includes(name));
  return Object.fromEntries(fields.map(([name, schema]) => [name, sample(name, isRecord(schema) ? schema : {})]));
}

function sample(name: string, schema: Readonly<Record<string, unknown>>): unknown {
  const { type, minimum = 1, properties, patternProperties, items } = schema;
  if (Array.isArray(schema.enum)) return schema.enum.at(-1);
  if (type === "boolean") return schema.default !== true;
  if (type === "integer" || type === "number") {
    const step = Number(schema.multipleOf ?? (type === "integer" ? 1 : 0.5));
    return Math.min(Number(minimum) + step, Number(schema.maximum ?? Infinity));
  }
  if (type === "array")
    return [1, 2].map((n) =>
      isRecord(items) && Array.isArray(items.enum)
        ? items.enum[n]
        : isRecord(items) && items.type === "number"
          ? n
          : `ITEM${n}`,
    );
  if (type !== "object") return texts[name] ?? `some-${name}`;
  if (isRecord(properties))
    return Object.fromEntries(
      Object.entries(properties).map(([key, inner]) => [key, sample(key, isRecord(inner) ? inner : {})]),
    );
  const rest = isRecord(patternProperties) ? Object.values(patternProperties)[0] : {};
  return { ownKey: sample("text", isRecord(rest) ? rest : {}), other_key: sample("text", isRecord(rest) ? rest : {}) };
}

/** What the command line prints for a library value. */
function printed(row: OperationRow, value: unknown): unknown {
  if (row.name === "getVersion") return { version: isRecord(value) ? value.version : null };
  if (row.name === "terminateE2bSandbox") return { sandboxes: [wireForm(row.output, value)], total: 1 };
  return wireForm(row.output, value);
}

test("every operation is a function of the library and has a command, and one that has none is named", async () => {
  const library: Readonly<Record<string, unknown>> = await import("../../src/index.ts");
  expect(operationTable.filter(({ name }) => typeof library[name] !== "function")).toEqual([]);
  expect(withoutCommand(operationTable)).toEqual([]);
  const [row] = operationTable;
  if (row === undefined) throw new Error("the table is empty");
  const planted = { ...row, name: "plantedOperation" } as unknown as OperationRow;
  expect(withoutCommand([...operationTable, planted])).toEqual(["plantedOperation"]);
});

test("each field of each operation can be said on the command line, but for those named here", () => {
  const left = operationTable.flatMap((row) => (unreachable(row).length === 0 ? [] : [[row.name, unreachable(row)]]));
  expect(Object.fromEntries(left)).toEqual(notOnTheCommandLine);
});

describe.each(operationTable.map((row) => [row.name, row] as const))("%s", (name, row) => {
  const input = inputOf(row);

  test(`the same call and the same value (${Object.keys(input).length} fields)`, async () => {
    const library = recordingBackend();
    const value = await library.call(name, input);
    const doors = [throughStdio, throughHttp] as const;
    for (const door of doors) {
      const backend = recordingBackend();
      expect(await door(row, input, backend), door.name).toEqual(value);
      expect(parsedCalls(row, backend), door.name).toEqual(parsedCalls(row, library));
    }
    const cli = recordingBackend();
    expect(await throughCli(row, input, cli)).toEqual(printed(row, value));
    if (name !== "getVersion") expect(parsedCalls(row, cli)).toEqual(parsedCalls(row, library));
  });
});

test("the inputs hold booleans, numbers, lists, objects and keys of the user's own", () => {
  const kinds = operationTable.flatMap((row) =>
    Object.values(inputOf(row)).map((value) => (Array.isArray(value) ? "list" : typeof value)),
  );
  expect([...new Set(kinds)].sort()).toEqual(["boolean", "list", "number", "object", "string"]);
  const deploy = operationTable.find(({ name }) => name === "runE2bAgent");
  expect(deploy === undefined ? {} : inputOf(deploy)).toMatchObject({
    useGpu: true,
    strategyParams: { ownKey: 1.5, other_key: 1.5 },
  });
});

function parsedCalls(row: OperationRow, { calls }: RecordingBackend): unknown[] {
  return calls.map(({ name, input }) => [name, parse(row.input, input)]);
}

describe("with the real backend", () => {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-doors-real-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { HOME: folder, PATH: process.env.PATH };

  const before = { ...process.env };
  beforeAll(() => Object.assign(process.env, env, { E2B_SWARM_STATE: folder, E2B_SWARM_TARGET: "local" }));
  afterAll(() => {
    for (const key of ["HOME", "E2B_SWARM_STATE", "E2B_SWARM_TARGET"]) {
      if (before[key] === undefined) delete process.env[key];
      else process.env[key] = before[key];
    }
  });

  /** The exported function itself, with the one backend that all of them share. */
  async function throughLibrary(name: OperationName, input: Input): Promise<unknown> {
    const library = await import("../../src/index.ts");
    const call = library[name] as (given: Input) => Promise<unknown>;
    return call(input);
  }

  /** The real thing in the form the doors' tests take. */
  async function real(): Promise<RecordingBackend> {
    const backend = await openBackend({ folder, target: "local" }, env);
    const planted = recordingBackend();
    return {
      ...planted,
      call: (...given) => backend.call(...given),
      close: () => backend.close(),
      open: async () => backend,
    };
  }

  const calls: readonly (readonly [OperationName, Input])[] = [
    ["getVersion", {}],
    ["listE2bSandboxes", { status: "running" }],
    ["monitorE2bHealth", { includeAllSandboxes: true }],
    [
      "backtest",
      {
        strategy: "momentum",
        symbols: ["AAPL"],
        start: "2014-01-02",
        end: "2015-12-30",
        params: { lookback: 60 },
        clip: true,
      },
    ],
    ["simulate", { agents: 5, hours: 0.5, growth: false }],
  ];

  test.each(calls)("%s %j gives the same value through all four", async (name, input) => {
    const row = operationTable.find((candidate) => candidate.name === name);
    if (row === undefined) throw new Error(name);
    const value = steady(await throughLibrary(name, input));
    for (const door of [throughStdio, throughHttp]) expect(steady(await door(row, input, await real()))).toEqual(value);
    expect(steady(await throughCli(row, input, await real()))).toEqual(steady(printed(row, value)));
  });

  /** Without what is of the moment: ids, times of day, durations. */
  function steady(value: unknown): unknown {
    if (!isRecord(value)) return value;
    const moment = new Set(["backtestId", "backtest_id", "completedAt", "completed_at", "wall"]);
    return Object.fromEntries(Object.entries(value).filter(([key]) => !moment.has(key)));
  }
});
