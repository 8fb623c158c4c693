// The live tool list is the table of operations: names, count, texts, annotations; aliases answer but are not listed.
import { isRecord } from "../../src/contracts/json.ts";
import { operationTable } from "../../src/backend/operations/table.ts";
import { check } from "../check.ts";

check("mcp.tools", async ({ see, mcp }) => {
  const server = mcp();
  await server.initialize();
  const { result } = await server.request("tools/list");
  const tools = isRecord(result) && Array.isArray(result.tools) ? result.tools.filter((tool) => isRecord(tool)) : [];
  await see("names", operationTable.map((row) => row.name).sort(), () => tools.map((tool) => String(tool.name)).sort());
  await see("count", operationTable.length, () => tools.length);
  await see("titles", operationTable.map((row) => row.title).sort(), () =>
    tools.map((tool) => String(tool.title)).sort(),
  );
  await see("each has a description and closed schemas", [], () =>
    tools.filter((tool) => !described(tool)).map((tool) => String(tool.name)),
  );
  await see(
    "destructive and read-only hints",
    operationTable.map((row) => `${row.name} ${row.effect === "read"} ${row.effect === "destructive"}`).sort(),
    () => tools.map((tool) => hints(tool)).sort(),
  );
  for (const alias of ["createE2BSandbox", "create_e2b_sandbox"]) {
    await see(`${alias} is callable`, true, async () => {
      const answer = await server.request("tools/call", { name: alias, arguments: { count: 0 } });
      return isRecord(answer.result) && answer.result.isError === true;
    });
  }
  await server.end();
});

function described(tool: Readonly<Record<string, unknown>>): boolean {
  const { description, inputSchema, outputSchema } = tool;
  const closed = isRecord(inputSchema) && inputSchema.type === "object" && inputSchema.additionalProperties === false;
  return typeof description === "string" && description.length > 10 && closed && isRecord(outputSchema);
}

function hints(tool: Readonly<Record<string, unknown>>): string {
  const annotations = isRecord(tool.annotations) ? tool.annotations : {};
  return `${String(tool.name)} ${annotations.readOnlyHint === true} ${annotations.destructiveHint === true}`;
}
