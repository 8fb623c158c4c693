import { describe, expect, test } from "vitest";
import { fromWire, snakeCase, toWire, wirePath, wireSchema } from "../../src/doors/wire-names.ts";
import { jsonSchema } from "../../src/contracts/parse.ts";
import { operationTable } from "../../src/backend/operations/table.ts";
import { answers } from "./recording-backend.ts";

describe("names on the wire", () => {
  test("capitals become an underscore and a small letter", () => {
    expect(["sandboxId", "priceMicroUsd", "sha256", "e2bSdk"].map(snakeCase)).toEqual([
      "sandbox_id",
      "price_micro_usd",
      "sha256",
      "e2b_sdk",
    ]);
  });

  test("keys of maps belong to the user and stay", () => {
    const schema = jsonSchema("create.input");
    const library = { timeoutSeconds: 5, envVars: { logLevel: "x", HOME: "/" } };
    const wire = { timeout_seconds: 5, env_vars: { logLevel: "x", HOME: "/" } };
    expect(toWire(schema, library)).toEqual(wire);
    expect(fromWire(schema, wire)).toEqual({ ok: true, value: library });
  });

  test("a library name on the wire is refused by its own name", () => {
    expect(fromWire(jsonSchema("create.input"), { timeoutSeconds: 5 })).toEqual({
      ok: false,
      unknownField: "timeoutSeconds",
    });
  });

  test("every operation's result goes to the wire and back unchanged", async () => {
    const seen: string[] = [];
    const ofSwarms = { swarmId: `swarm_${"4h6k".repeat(4)}`, agentId: "agent-1-1", topology: "star", targetAgents: 2 };
    for (const row of operationTable) {
      const input = {
        sandboxId: "s",
        command: "c",
        agentType: "momentum",
        strategy: "momentum",
        count: 2,
        ...ofSwarms,
      };
      const output = await answers[row.name](input, {});
      const schema = jsonSchema(row.output);
      const wire = toWire(schema, output);
      expect(fromWire(schema, wire)).toEqual({ ok: true, value: output });
      expect(JSON.stringify(wireSchema(schema))).not.toMatch(/"required":\[[^\]]*[A-Z]/);
      seen.push(row.name);
    }
    expect(seen).toHaveLength(operationTable.length);
  });

  test("paths of errors are told in wire names, map keys and indexes kept", () => {
    expect(wirePath(jsonSchema("deploy.input"), "strategyParams.lookBack")).toBe("strategy_params.lookBack");
    expect(wirePath(jsonSchema("decide.output"), "decisions.0.fill.priceMicroUsd")).toBe(
      "decisions.0.fill.price_micro_usd",
    );
  });
});
