import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { simulatedClock } from "../../src/host/clock.ts";
import { openDriver, type Driver } from "../../src/memory/sqlite/driver.ts";
import { openGroupCommit } from "../../src/memory/sqlite/group-commit.ts";

let folder = "";
let driver: Driver;
let said: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "swarm-commit-"));
  const path = join(folder, "x.db");
  writeFileSync(path, "");
  const real = await openDriver(path);
  real.exec("CREATE TABLE t (x TEXT)");
  said = [];
  driver = { ...real, exec: (sql) => (said.push(sql), real.exec(sql)) };
});
afterEach(() => {
  driver.close();
  rmSync(folder, { recursive: true, force: true });
});

it("commits the writes of one turn together, and acknowledges none before the commit", async () => {
  const commits = openGroupCommit({ driver, clock: simulatedClock(), path: "x" });
  const insert = driver.prepare("INSERT INTO t VALUES (?)");
  const write = (x: string) => commits.write(() => insert.run(x)).then(() => void said.push(`acknowledged ${x}`));
  await Promise.all([write("a"), write("b"), write("c")]);
  expect(said).toEqual(["BEGIN IMMEDIATE", "COMMIT", "acknowledged a", "acknowledged b", "acknowledged c"]);
  await commits.drained();
});

it("fails a refused write alone, and all of a transaction that broke", async () => {
  const commits = openGroupCommit({ driver, clock: simulatedClock(), path: "x" });
  const insert = driver.prepare("INSERT INTO t VALUES (?)");
  const refuse = (): never => {
    throw new SwarmError("memory.corrupt", "no");
  };
  const mixed = await Promise.allSettled([commits.write(() => insert.run("a")), commits.write(refuse)]);
  expect(mixed).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "memory.corrupt" } }]);
  const broken = await Promise.allSettled([
    commits.write(() => insert.run("b")),
    commits.write(() => driver.exec("INSERT INTO nowhere VALUES (1)")),
  ]);
  expect(broken).toMatchObject([
    { status: "rejected", reason: { code: "memory.unavailable" } },
    { status: "rejected", reason: { code: "memory.unavailable" } },
  ]);
  expect(
    driver
      .prepare("SELECT x FROM t")
      .all()
      .map(({ x }) => x),
  ).toEqual(["a"]);
});
