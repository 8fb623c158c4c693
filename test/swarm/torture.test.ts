// A short torture of the live swarm, and proof that it can fail: real agents, sandboxes and coordinators die by SIGKILL, and
// the ledger, which is no part of the swarm, tells what became of every task.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { noPostgres } from "../memory/postgres.ts";

const { judgeLedger, taskOf } = await import(join(import.meta.dirname, "../../tools/torture/judge-ledger.mjs"));
const { judgeFaults } = await import(join(import.meta.dirname, "../../tools/torture/judge-faults.mjs"));
const program = join(import.meta.dirname, "../../tools/torture-swarm.mjs");

function torture(args: readonly string[]): Promise<{ code: number; out: string }> {
  const few = ["--agents", "3", "--tasks", "60", "--per-second", "8", "--gap", "700"];
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...few, ...args], { encoding: "utf8" }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), out });
    });
  });
}

describe.skipIf(noBwrap !== null)(`a swarm under kill -9 (skipped when: ${noBwrap ?? "never"})`, () => {
  it("does every task exactly once", { timeout: 120_000 }, async () => {
    const { code, out } = await torture(["--seed", "2"]);
    expect(out).toMatch(/torture: 3 agents, 60 tasks, seed 2, [\d.]+ s: every task done exactly once\n$/);
    expect(code).toBe(0);
    const summary = JSON.parse(out.trim().split("\n").at(-2) ?? "");
    expect(summary).toMatchObject({ done: 60, findings: 0 });
    const kinds = new Map<string, { observed: number; attempted: number; healed: number }>(
      summary.faults.map((row: { kind: string }) => [row.kind, row]),
    );
    // A leader that had no processor for 800 ms gives up by itself: more tenures than kills are no fault.
    expect(summary.tenures).toBeGreaterThanOrEqual(1 + (kinds.get("coordinator")?.observed ?? 0));
    const counts = [...kinds.values()];
    expect(counts.reduce((sum, { attempted }) => sum + attempted, 0)).toBeGreaterThan(0);
    for (const { attempted, observed, healed } of counts) expect([observed, healed]).toEqual([attempted, attempted]);
  });

  it.skipIf(noPostgres !== null)(
    `re-adopts everything from three coordinators on one PostgreSQL (skipped when: ${noPostgres ?? "never"})`,
    { timeout: 120_000 },
    async () => {
      const faults = ["--faults", "1", "--kinds", "coordinator,pause,cut", "--tasks", "1000"];
      const { code, out } = await torture(["--postgres", "--seed", "4", ...faults]);
      expect(out).toMatch(/every task done exactly once\n$/);
      expect(code).toBe(0);
      const summary = JSON.parse(out.trim().split("\n").at(-2) ?? "");
      expect(summary).toMatchObject({ coordinators: 3, workers: 3, startedAnew: 0, stale: { tried: 2, refused: 2 } });
      expect(summary.faults.map(({ kind, healed }: { kind: string; healed: number }) => [kind, healed])).toEqual([
        ["coordinator", 1],
        ["pause", 1],
        ["cut", 1],
      ]);
    },
  );

  it.each([
    ["double", /finding: task-\d+ was done 2 times/],
    ["lost", /finding: results\/task-\d+ was removed: delete/],
  ])("finds a planted %s result", { timeout: 120_000 }, async (kind, finding) => {
    const { code, out } = await torture(["--seed", "3", "--per-second", "40", "--plant", kind]);
    expect(out).toMatch(finding);
    expect(code).toBe(1);
  });
});

it("finds a torture that hurt nobody, was not noticed, did not heal, or ended too early", () => {
  const row = { kind: "agent", planned: 3, attempted: 3, observed: 3, healed: 3 };
  expect(judgeFaults([row], ["agent"], 3)).toEqual([]);
  expect(judgeFaults([], ["agent"], null)).toEqual(["no fault was delivered: nothing was shown"]);
  expect(judgeFaults([{ ...row, observed: 2, healed: 1 }], ["agent", "stall"], 3)).toEqual([
    "1 faults of kind agent were delivered and nobody noticed",
    "1 faults of kind agent were observed and did not heal",
    "2 of 3 faults of kind agent were observed: it ended too early",
    "0 of 3 faults of kind stall were observed: it ended too early",
  ]);
});

it("judges by the log alone: a missing task, a task nobody asked, a gap and a dead one are findings", () => {
  const { taskId } = taskOf(0);
  const put = (seq: number, key: string, value: object) => ({
    change: { kind: "put", seq, entry: { key, value, version: 1 } },
  });
  const dead = { outcome: "dead", attempts: 5 };
  const lines = [
    put(1, `results/${taskId}`, dead),
    put(3, "results/task-nobody", dead),
    { position: 4 },
    { task: taskId, state: "done", result: dead },
  ];
  expect(judgeLedger(lines, 2, () => "")).toEqual([
    "the log jumps from 1 to 3",
    "the ledger ends at 3, the record at 4",
    `${taskId} ended dead`,
    `${taskOf(1).taskId} is lost: no result in the record's log`,
    "task-nobody was done and never asked",
  ]);
});
