// Measures the record against the bare driver on this machine. Records and prints; judges nothing. Ends by itself and leaves
// nothing behind.
//   node dist/bench/memory/main.js [--rounds 7] [--out file] [--better-sqlite3 folder] [--postgres url]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realClock as clock } from "../../src/host/clock.ts";
import { openPostgresStore } from "../../src/memory/postgres-store.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { keepNumbers, runProgram, say } from "../report/program.ts";
import { quantile, type Samples } from "../report/samples.ts";
import { openRawBetterSqlite, openRawLibsql, rawContender, recordContender, type Contender } from "./contender.ts";
import { oneByOne, putsInFlight, tasksPerSecond, watchLatency } from "./measures.ts";

/** A machine so slow that its rounds take longer is measured by fewer of them. */
const maxRoundsMs = 180_000;
const defaultRounds = 7;

const goals = [
  "put, get, compare-and-set: at least 0.8 of the raw driver's speed at equal durability",
  "durable puts/s, 64 in flight: at least 40,000",
  "durable tasks/s, claim and acknowledge: at least 8,000",
  "watch, local: p99 at most 1 ms",
] as const;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      rounds: { type: "string", default: String(defaultRounds) },
      out: { type: "string" },
      "better-sqlite3": { type: "string" },
      postgres: { type: "string" },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-bench-"));
  const raw: Contender[] = [rawContender("raw libsql", await openRawLibsql(join(folder, "raw.db")))];
  const better = flags["better-sqlite3"];
  if (better !== undefined)
    raw.push(rawContender("raw better-sqlite3", openRawBetterSqlite(better, join(folder, "better.db"))));
  const own = await openSqliteStore({ path: join(folder, "own.db"), clock });
  const sharedPath = join(folder, "shared.db");
  const owner = await startOwner(sharedPath);
  const shared = await openSqliteStore({ path: sharedPath, clock });
  const schema = `bench_${process.pid}`;
  const server = flags.postgres === undefined ? null : await openPostgresStore({ url: flags.postgres, schema, clock });
  const stores = [
    { name: "record", store: own },
    { name: "record, other process owns", store: shared },
  ];
  if (server !== null) stores.push({ name: "record, PostgreSQL", store: server });
  try {
    const samples: Samples = new Map();
    const contenders = [...raw, ...stores.map(({ name, store }) => recordContender(name, store))];
    const began = clock.monotonicNs();
    const isLate = (): boolean => clock.monotonicNs() - began > BigInt(maxRoundsMs) * 1_000_000n;
    for (let round = 0; round <= Number(flags.rounds) && !isLate(); round += 1) {
      for (const contender of contenders) await oneByOne(clock, contender, samples);
      for (const { name, store } of stores) {
        await putsInFlight(clock, name, store, samples);
        await tasksPerSecond(clock, name, store, samples);
        await watchLatency(clock, name, { writer: store, reader: store }, samples);
      }
      // The first round compiles what the others run.
      if (round === 0) samples.clear();
    }
    const rows = report(
      samples,
      raw.map(({ name }) => name),
      contenders.map(({ name }) => name),
    );
    if (flags.out !== undefined) keep(flags.out, rows);
  } finally {
    await Promise.all(stores.map(({ store }) => store.close()));
    owner.stdin.end();
    await once(owner, "close");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOwner(path: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "owner.js"), path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

interface Row {
  readonly name: string;
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
}

function report(
  samples: Samples,
  raw: readonly string[],
  contenders: readonly string[],
): { rows: Row[]; ratios: Row[] } {
  const rows = [...samples].map(([name, values]) => ({
    name,
    n: values.length,
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
  }));
  say("microseconds, or operations per second where the name says so");
  for (const { name, n, p50, p99 } of rows)
    say(`${name.padEnd(48)} n ${n}  p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}`);
  const ratios: Row[] = [];
  for (const kind of ["put", "get", "step"]) {
    for (const base of raw) {
      for (const name of contenders.filter((one) => !raw.includes(one))) {
        const [theirs, ours] = [samples.get(`${kind} ${base}`) ?? [], samples.get(`${kind} ${name}`) ?? []];
        const share = (at: number): number => quantile(theirs, at) / quantile(ours, at);
        const row = {
          name: `${kind}: ${name} as a share of ${base}`,
          n: ours.length,
          p50: share(0.5),
          p99: share(0.99),
        };
        ratios.push(row);
        say(`${row.name.padEnd(72)} at p50 ${row.p50.toFixed(2)}  at p99 ${row.p99.toFixed(2)}`);
      }
    }
  }
  for (const goal of goals) say(`goal: ${goal}`);
  return { rows, ratios };
}

function keep(out: string, measured: object): void {
  keepNumbers(out, clock, { goals, ...measured });
}

runProgram(main);
