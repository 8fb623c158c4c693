// The local benchmark's own arithmetic and options; and one tiny real run that leaves its numbers and no server.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rowOf } from "../../bench/local/numbers.ts";
import { quantile } from "../../bench/report/samples.ts";
import { readSettings } from "../../bench/local/settings.ts";
import { noBwrap } from "../local/harness.ts";

describe("numbers of the local benchmark", () => {
  it("takes the nearest rank, and no number from nothing", () => {
    expect([quantile([4, 1, 3, 2], 0.5), quantile([4, 1, 3, 2], 0.95), quantile([7], 0)]).toEqual([2, 4, 7]);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("states ratios for times only", () => {
    const floors = { spawnMs: 4, roundTripMs: 0.5 };
    const row = { name: "run", unit: "ms", n: 1, min: 8, p50: 8, p95: 8, spawns: 2, roundTrips: 16 } as const;
    expect(rowOf("run", "ms", [8], floors)).toEqual(row);
    expect(rowOf("rate", "MB/s", [8], floors)).toMatchObject({ spawns: null, roundTrips: null });
  });

  it("reads its options, and refuses what it does not know or bound", () => {
    expect(readSettings(["--rounds", "2", "--sizes", "5,10", "--out", ""])).toEqual({
      rounds: 2,
      sizes: [5, 10],
      out: null,
    });
    expect(() => readSettings(["--rounds", "many"])).toThrow("'many' is not a whole number from 0 to 1000");
    expect(() => readSettings(["--size", "5"])).toThrow("unknown option '--size'");
  });
});

describe.skipIf(noBwrap !== null)(`a run of the local benchmark (skipped when: ${noBwrap ?? "never"})`, () => {
  it("measures every operation and every crowd without a failure", { timeout: 200_000 }, () => {
    const folder = mkdtempSync("/tmp/e2bt-");
    try {
      const out = join(folder, "numbers.json");
      const main = join(import.meta.dirname, "../../dist/bench/local/main.js");
      const said = execFileSync(process.execPath, [main, "--rounds", "1", "--sizes", "3", "--out", out], {
        encoding: "utf8",
      });
      const { rows, crowds } = JSON.parse(readFileSync(out, "utf8")) as {
        rows: { name: string; n: number }[];
        crowds: { size: number; create: { failures: string[] }; run: { failures: string[] } }[];
      };
      expect(said).not.toContain("failed at least once");
      expect(rows.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["create, from the pool", "create, cold", "run", "pause", "resume", "kill"]),
      );
      expect(crowds.map(({ size, create, run }) => [size, create.failures, run.failures])).toEqual([[3, [], []]]);
      expect(readdirSync("/tmp").filter((name) => name.startsWith("e2bb-"))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
