// Measures the live swarm on this machine: how long five agents take until all have answered, how many tasks a second a swarm
// of sandboxed agents does exactly once, what the record alone could do, and the four topologies on the same simulated work.
// Records and prints; judges nothing but that every task was done once. Ends by itself and leaves nothing behind.
//   node dist/bench/swarm/main.js [--rounds 5] [--agents 5] [--tasks 4000] [--out file]
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBackend } from "../../src/backend/compose.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { ensureLocalServer, stopLocalServer } from "../../src/local/daemon.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { keepNumbers, runProgram, say } from "../report/program.ts";
import { quantile, record, type Samples } from "../report/samples.ts";
import { deployFive } from "./deploy-five.ts";
import { recordAlone } from "./record-alone.ts";
import { openSwarm } from "./swarm-process.ts";
import { compareTopologies, shownTopologies } from "./topologies.ts";

const goals = [
  "five agents in parallel until all have answered: at most 0.5 s",
  "tasks/s, exactly once, by sandboxed agents: at least 1,000",
] as const;
const most = { rounds: 100, agents: 50, tasks: 100_000 } as const;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      agents: { type: "string", default: "5" },
      tasks: { type: "string", default: "4000" },
      out: { type: "string" },
    },
  });
  const rounds = whole("rounds", flags.rounds);
  const agents = whole("agents", flags.agents);
  const tasks = whole("tasks", flags.tasks);
  const folder = mkdtempSync("/tmp/e2bb-");
  chmodSync(folder, 0o711);
  const env = { ...realEnv, HOME: folder, E2B_SWARM_HOME: join(folder, "home"), E2B_SWARM_STATE: folder };
  const samples: Samples = new Map();
  try {
    await ensureLocalServer({ env, spares: 6, idleSeconds: 600, maxSandboxes: 2 * agents + 30 });
    const backend = await openBackend({}, env);
    const swarm = await openSwarm({ env, folder, agents, clock });
    const alone = await openSqliteStore({ path: join(folder, "alone.sqlite"), clock });
    try {
      for (let round = 0; round <= rounds; round += 1) {
        const deployed = await deployFive(backend, clock);
        const done = await swarm.work(`round-${round}`, tasks);
        const bare = await recordAlone(alone, clock, `round-${round}`, tasks);
        // The first round compiles what the others run.
        if (round === 0) continue;
        record(samples, "five agents until all have answered, ms", deployed);
        record(samples, "tasks/s exactly once, sandboxed agents", done);
        record(samples, "tasks/s of the record alone", bare);
        record(samples, "share of the record alone", done / bare);
      }
    } finally {
      await swarm.close();
      await backend.close();
      await alone.close();
    }
  } finally {
    await stopLocalServer({ env });
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [...samples].map(([name, values]) => rowOf(name, values));
  for (const { name, n, p50, least, greatest } of rows)
    say(`${name}: p50 ${p50}, least ${least}, greatest ${greatest} (n ${n})`);
  const topologies = await compareTopologies();
  for (const line of shownTopologies(topologies)) say(line);
  for (const goal of goals) say(`goal: ${goal}`);
  if (flags.out !== undefined) keepNumbers(flags.out, clock, { goals, agents, tasks, rows, topologies });
}

function rowOf(name: string, values: readonly number[]) {
  const short = (value: number): number => Number(value.toPrecision(4));
  const p50 = short(quantile(values, 0.5));
  return {
    name,
    n: values.length,
    p50,
    least: short(Math.min(...values)),
    greatest: short(Math.max(...values)),
    values,
  };
}

function whole(name: keyof typeof most, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= 1 && value <= most[name]) return value;
  throw new SwarmError(
    "usage.invalid",
    `Cannot run: --${name} is '${text}', wanted a whole number from 1 to ${most[name]}`,
    {
      hint: "Say: --rounds 5 --agents 5 --tasks 4000",
    },
  );
}

runProgram(main);
