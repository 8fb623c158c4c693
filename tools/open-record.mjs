// Opens the record a tool was told of, from dist/: `{ sqlite: path }`, `{ postgres: url, schema }` or `{ memory: true }`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const built = (path) => import(pathToFileURL(join(import.meta.dirname, "../dist", path)).href);

export async function openRecord({ sqlite, postgres, schema }) {
  const { realClock: clock } = await built("src/host/clock.js");
  if (sqlite !== undefined) {
    return (await built("src/memory/sqlite-store.js")).openSqliteStore({ path: sqlite, clock });
  }
  if (postgres !== undefined) {
    return (await built("src/memory/postgres-store.js")).openPostgresStore({ url: postgres, schema, clock });
  }
  return (await built("src/memory/memory-store.js")).openMemoryStore({ clock });
}
