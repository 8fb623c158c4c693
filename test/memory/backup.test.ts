import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulatedClock } from "../../src/host/clock.ts";
import { backUp, restore } from "../../src/memory/backup.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "swarm-backup-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("backs a record up and restores it into an empty place of another engine, the same to the byte", async () => {
  const clock = simulatedClock();
  const store = await openSqliteStore({ path: join(folder, "record.db"), clock });
  await Promise.all(Array.from({ length: 700 }, (_, i) => store.put("a", `k${i}`, { i }, { writer: "tester" })));
  const [path, second] = [join(folder, "backup"), join(folder, "second")];
  const made = await backUp(store, path);
  expect(made).toEqual({ lines: 703, bytes: statSync(path).size });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const other = openMemoryStore({ clock });
  expect(await restore(path, other)).toMatchObject({ entries: 700 });
  await backUp(other, second);
  expect(readFileSync(second)).toEqual(readFileSync(path));
  await expect(restore(path, other)).rejects.toMatchObject({ code: "memory.conflict" });

  writeFileSync(second, readFileSync(path, "utf8").replace('{\\"i\\":7}', '{\\"i\\":8}'));
  const empty = openMemoryStore({ clock });
  await expect(restore(second, empty)).rejects.toMatchObject({ code: "memory.export" });
  await expect(restore(join(folder, "missing"), empty)).rejects.toMatchObject({ code: "memory.export" });
  expect(await empty.list("a")).toEqual([]);
  await expect(backUp(store, join(path, "no-folder"))).rejects.toMatchObject({ code: "state.unwritable" });
  await store.close();
});
