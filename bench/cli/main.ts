// `npm run bench:cli`: how long the command line takes to start, beside a bare Node, interleaved so that both meet the same
// machine. Prints medians, difference and ratio; option --rounds (default 30). Exit 1 when a command is beyond its budget.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realClock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { packageFolder } from "../../src/host/package-folder.ts";

/** Beyond a bare Node, ms (reference interfaces §2.2). */
const budgetMs = 60;
const maxRounds = 1_000;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "30" } } });
const rounds = Math.min(maxRounds, Math.max(1, Math.floor(Number(values.rounds)) || 30));
const main = packageFolder("bin", "e2b-swarm.mjs");
const folder = mkdtempSync(join(tmpdir(), "swarm-bench-cli-"));
// A folder and a home of its own: nobody's server, state or config is met.
const env = { PATH: realEnv.PATH, HOME: folder, E2B_SWARM_HOME: folder, E2B_SWARM_TARGET: "local" };
const commands: readonly (readonly [string, readonly string[]])[] = [
  ["node -e 0", ["-e", "0"]],
  ["--help", [main, "--help"]],
  ["--version", [main, "--version"]],
  ["list --json", [main, "list", "--json"]],
];

function onceMs(words: readonly string[]): number {
  const beganNs = realClock.monotonicNs();
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr.toString()}`);
  return Number(realClock.monotonicNs() - beganNs) / 1e6;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}

try {
  const times = commands.map((): number[] => []);
  for (const [, words] of commands) onceMs(words);
  for (let round = 0; round < rounds; round += 1) {
    // Each round in another order, so that nobody always runs after the same neighbour.
    const order = commands.map((_, i) => (i + round) % commands.length);
    for (const i of order) times[i]?.push(onceMs(commands[i]?.[1] ?? []));
  }
  const [bare = 0, ...others] = times.map(median);
  const least = times.map((all) => Math.min(...all));
  process.stdout.write(
    `node -e 0     p50 ${bare.toFixed(1)} ms, least ${(least[0] ?? 0).toFixed(1)} ms, ${rounds} rounds\n`,
  );
  for (const [i, p50] of others.entries()) {
    const [name = ""] = commands[i + 1] ?? [];
    const [over, ratio] = [p50 - bare, p50 / bare];
    const says = over <= budgetMs ? "within" : "BEYOND";
    const overLeast = (least[i + 1] ?? 0) - (least[0] ?? 0);
    process.stdout.write(
      `${name.padEnd(13)} p50 ${p50.toFixed(1)} ms, +${over.toFixed(1)} ms, x${ratio.toFixed(2)}, least +${overLeast.toFixed(1)} ms: ${says} ${budgetMs} ms\n`,
    );
  }
  process.exitCode = others.every((p50) => p50 - bare <= budgetMs) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
