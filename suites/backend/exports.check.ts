// The library exports exactly what the table of operations promises; aliases are the very same functions.
import * as library from "../../src/index.ts";
import { operationTable } from "../../src/backend/operations/table.ts";
import { check } from "../check.ts";

check("backend.exports", async ({ see }) => {
  const exported: Readonly<Record<string, unknown>> = { ...library };
  const aliases = operationTable.flatMap((row) => row.aliases.filter((alias) => /^[a-z0-9]+E2B/.test(alias)));
  const promised = [
    ...operationTable.map((row) => row.name),
    ...aliases,
    "defineConfig",
    "openBackend",
    "SwarmError",
  ].sort();
  await see("names exported", promised, () => Object.keys(exported).sort());
  for (const row of operationTable) {
    await see(`${row.name} is callable`, "function", () => typeof exported[row.name]);
    for (const alias of row.aliases.filter((name) => aliases.some((known) => known === name))) {
      await see(`${alias} is the same function as ${row.name}`, true, () => exported[alias] === exported[row.name]);
    }
  }
  await see("getVersion answers with the package's version", true, async () => {
    const { version } = await library.getVersion({});
    return /^\d+\.\d+\.\d+/.test(version);
  });
});
