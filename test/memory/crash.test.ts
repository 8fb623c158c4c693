// Zero acknowledged bytes lost: writers, the owner of the file among them, and server processes are killed with SIGKILL at
// random moments; afterwards everything that was acknowledged is there, and every task was finished once.
// E2B_SWARM_CRASH_TRIALS=100 runs as many trials of each kind.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecordStore } from "../../src/contracts/record-store.ts";
import { realClock } from "../../src/host/clock.ts";
import { openPostgresStore } from "../../src/memory/postgres-store.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { noPostgres, startCluster, type Cluster } from "./postgres.ts";

/** Small enough for every day; the variable asks for more. */
const trials = Number(process.env.E2B_SWARM_CRASH_TRIALS ?? 3);
const writers = 3;

interface Writer {
  readonly child: ChildProcess;
  readonly said: string[];
  /** Resolves after as many further lines. */
  hear(lines: number): Promise<void>;
}

function startWriter(place: object, name: string): Writer {
  const program = join(import.meta.dirname, "crash-writer.mjs");
  const child = spawn(process.execPath, [program, JSON.stringify(place), name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: string[] = [];
  let rest = "";
  let heard = (): void => undefined;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    said.push(...lines);
    heard();
  });
  return {
    child,
    said,
    async hear(lines) {
      const wanted = said.length + lines;
      while (said.length < wanted) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error("the writer has ended");
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
  };
}

async function kill({ child }: Writer): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

/** Everything that was said to be done is there, with the value it was given; a task has one result, of who said so. */
async function expectAllKept(store: RecordStore, said: readonly string[]): Promise<void> {
  const wrong: string[] = [];
  const finished = new Map<string, string>();
  for (const line of said) {
    const [kind, id = "", name = ""] = line.split(" ");
    if (kind === "put" && (await store.get("crash", id))?.value !== id) wrong.push(line);
    if (kind === "pushed" && (await store.queue("crash", "tasks").read(id)) === null) wrong.push(line);
    if (kind !== "task") continue;
    if (finished.has(id)) wrong.push(`${line} and ${finished.get(id)}`);
    finished.set(id, name);
    if ((await store.queue("crash", "tasks").read(id))?.result !== `${name} did ${id}`) wrong.push(line);
  }
  expect(wrong).toEqual([]);
  expect(said.filter((line) => line.startsWith("put ")).length).toBeGreaterThan(20);
  expect(finished.size).toBeGreaterThan(2);
}

describe("acknowledged is durable", () => {
  it(`on SQLite, ${trials} times, whoever is killed`, { timeout: 60_000 + trials * 20_000 }, async () => {
    for (let trial = 0; trial < trials; trial++) {
      const folder = mkdtempSync(join(tmpdir(), "swarm-crash-"));
      const place = { sqlite: join(folder, "record.db") };
      const all = Array.from({ length: writers }, (_, i) => startWriter(place, `w${i}`));
      try {
        await Promise.all(all.map((one) => one.hear(10)));
        // In any order, so that the owner is first, last or between; the others go on until it is their turn.
        for (const [i, victim] of [...all].sort(() => Math.random() - 0.5).entries()) {
          await sleep(Math.random() * 60);
          await kill(victim);
          await Promise.all(all.filter((one) => one.child.signalCode === null).map((one) => one.hear(5)));
          expect(all.filter((one) => one.child.signalCode !== null)).toHaveLength(i + 1);
        }
        const store = await openSqliteStore({ path: place.sqlite, clock: realClock });
        await expectAllKept(
          store,
          all.flatMap(({ said }) => said),
        );
        await store.close();
      } finally {
        await Promise.all(all.map(kill));
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });

  describe.skipIf(noPostgres !== null)(`on PostgreSQL${noPostgres === null ? "" : ` (skipped: ${noPostgres})`}`, () => {
    let cluster: Cluster;
    beforeAll(async () => void (cluster = await startCluster()));
    afterAll(() => cluster?.stop());

    const kinds = ["client", "backend", "server"] as const;
    it.each(kinds)(`${trials} times, when a %s is killed`, { timeout: 60_000 + trials * 30_000 }, async (kind) => {
      for (let trial = 0; trial < trials; trial++) {
        const place = { postgres: cluster.url, schema: `crash_${kind}_${trial}` };
        const all = Array.from({ length: writers }, (_, i) => startWriter(place, `w${i}`));
        try {
          await Promise.all(all.map((one) => one.hear(10)));
          await sleep(Math.random() * 60);
          if (kind === "client") await kill(all[0]!);
          if (kind === "backend") await killBackend(cluster);
          if (kind === "server") {
            cluster.kill();
            await sleep(100);
            await cluster.start();
          }
          await Promise.all(all.slice(kind === "client" ? 1 : 0).map((one) => one.hear(10)));
          await Promise.all(all.map(kill));
          const store = await openPostgresStore({ url: cluster.url, schema: place.schema, clock: realClock });
          await expectAllKept(
            store,
            all.flatMap(({ said }) => said),
          );
          await store.close();
        } finally {
          await Promise.all(all.map(kill));
        }
      }
    });
  });
});

/** Any session of the record's: the server restarts every session of its own accord. */
async function killBackend(cluster: Cluster): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: cluster.url } as never);
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'e2b-swarm' LIMIT 1");
  const [row] = rows;
  expect(row).toBeDefined();
  process.kill(Number(row!.pid), "SIGKILL");
  await client.end().catch(() => undefined);
}
