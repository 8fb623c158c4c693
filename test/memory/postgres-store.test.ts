import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { openPostgresStore } from "../../src/memory/postgres-store.ts";
import { conformance } from "./conformance.ts";
import { coordinationConformance } from "./conformance-coordination.ts";
import { noPostgres, startCluster, type Cluster } from "./postgres.ts";

let cluster: Cluster;
let made = 0;

describe.skipIf(noPostgres !== null)(`PostgreSQL${noPostgres === null ? "" : ` (skipped: ${noPostgres})`}`, () => {
  beforeAll(async () => void (cluster = await startCluster()));
  afterAll(() => cluster?.stop());

  const open = async () => {
    const schema = `record_${made++}`;
    const store = await openPostgresStore({ url: cluster.url, schema, clock: realClock });
    return { store, startsAtMs: null, advance: (ms: number) => age(schema, ms), remove: () => undefined };
  };
  conformance("the PostgreSQL store", open);
  coordinationConformance("the PostgreSQL store", open);

  it("is one record for every store that is opened on it", async () => {
    const schema = `record_${made++}`;
    const [one, two] = await Promise.all(
      [0, 1].map(() => openPostgresStore({ url: cluster.url, schema, clock: realClock })),
    );
    const entry = await one!.put("a", "x", { kept: true }, { writer: "one" });
    expect(await two!.get("a", "x")).toEqual(entry);
    await Promise.all([one!.close(), two!.close()]);
  });

  it("never names the user or the password of its server", async () => {
    const url = "postgres://somebody:secret-word@127.0.0.1:1/nowhere";
    const thrown: unknown = await openPostgresStore({ url, clock: realClock }).catch((fault: unknown) => fault);
    expect(thrown).toMatchObject({
      code: "memory.unavailable",
      details: { server: "PostgreSQL at 127.0.0.1:1/nowhere", reason: "ECONNREFUSED" },
    });
    expect(JSON.stringify(thrown) + String(thrown)).not.toMatch(/secret-word|somebody/);
  });
});

/** Moves everything of a schema into the past: for what is kept there it is as if time had gone by. */
async function age(schema: string, ms: number): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: cluster.url } as never);
  await client.connect();
  const of = (table: string, columns: readonly string[]): string =>
    `UPDATE "${schema}".${table} SET ${columns.map((column) => `${column} = ${column} - ${ms}`).join(", ")}`;
  await client.query(of("entries", ["written_at_ms", "expires_at_ms"]));
  await client.query(of("log", ["written_at_ms", "expires_at_ms"]));
  await client.query(of("leases", ["expires_at_ms"]));
  await client.query(of("tasks", ["available_at_ms", "pushed_at_ms", "done_at_ms"]));
  await client.end();
}
