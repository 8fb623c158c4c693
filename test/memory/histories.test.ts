// A few recorded histories of the real stores; `npm run histories` records a thousand.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { noPostgres, startCluster } from "./postgres.ts";

const histories = Number(process.env.E2B_SWARM_HISTORIES ?? 4);
const program = join(import.meta.dirname, "../../tools/histories.mjs");

async function record(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [program, "--histories", String(histories), "--seed", "11", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  return JSON.parse(said);
}

const timeout = 60_000 + histories * 10_000;
const allGood = { histories, linearizable: histories, violation: 0, unknown: 0 };

describe("recorded histories under kills are linearizable", () => {
  it(`on SQLite, ${histories} of them`, { timeout }, async () => {
    expect(await record()).toMatchObject({ store: "sqlite", ...allGood });
  });

  it.skipIf(noPostgres !== null)(
    `on PostgreSQL, ${histories} of them${noPostgres === null ? "" : ` (skipped: ${noPostgres})`}`,
    { timeout },
    async () => {
      const cluster = await startCluster();
      try {
        const found = await record("--store", "postgres", "--url", cluster.url);
        expect(found).toMatchObject({ store: "postgres", ...allGood });
      } finally {
        cluster.stop();
      }
    },
  );
});
