// Measures the local server in processes of its own, against what this machine can do at all. Records and prints; judges
// nothing. Ends by itself, and leaves no server behind.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { realClock as clock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { ensureLocalServer, stopLocalServer, type EnsureOptions } from "../../src/local/daemon.ts";
import { keepNumbers, runProgram, say } from "../report/program.ts";
import { quantile } from "../report/samples.ts";
import { crowd, shownCrowd, type Crowd } from "./crowd.ts";
import { names, round, type Bench } from "./cycle.ts";
import { openBareServer } from "./floor.ts";
import { header, rowOf, shown, type Row } from "./numbers.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openClient, type Client } from "./wire.ts";

/** A machine so slow that its rounds take longer is measured by fewer of them. */
const maxRoundsMs = 240_000;
const goals = [
  "create, from the pool: p50 at most 3 ms above the bare round trip",
  "create, cold: p50 at most 12 raw spawns, aiming at 5",
  "run: p50 at most 2 x (raw spawn + bare round trip)",
  "200 at once: created within 3000 ms without a failure, at most 3 MB each",
] as const;

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  const folder = mkdtempSync("/tmp/e2bb-");
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, "t"), { mode: 0o711 });
  chmodSync(join(folder, "t"), 0o711);
  const options = (name: string, spares?: number): EnsureOptions => ({
    env: { ...realEnv, E2B_SWARM_HOME: join(folder, name), TMPDIR: join(folder, "t") },
    maxSandboxes: Math.max(10, ...settings.sizes) + 10,
    ...(spares === undefined ? {} : { spares }),
  });
  const client = openClient();
  try {
    const rows = await single(settings, client, { warm: options("warm"), cold: options("cold", 0) });
    const crowds = await measureCrowds(settings, client, options("crowd"));
    keep(settings, { rows, crowds });
  } finally {
    client.close();
    for (const name of ["warm", "cold", "crowd"]) await stopLocalServer(options(name));
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Servers {
  readonly warm: EnsureOptions;
  readonly cold: EnsureOptions;
}

async function single({ rounds }: Settings, client: Client, servers: Servers): Promise<Row[]> {
  if (rounds === 0) return [];
  const bare = await openBareServer();
  const samples = new Map<string, number[]>();
  const warm = await ensureLocalServer(servers.warm);
  const cold = await ensureLocalServer(servers.cold);
  const bench: Bench = { clock, client, samples, bareUrl: bare.url, warm, cold, failures: new Map() };
  const began = clock.monotonicNs();
  const isLate = (): boolean => clock.monotonicNs() - began > BigInt(maxRoundsMs) * 1_000_000n;
  // The first round compiles what the others run.
  await round(bench);
  samples.clear();
  for (let done = 0; done < rounds && !isLate(); done++) await round(bench);
  await bare.close();
  await stopLocalServer(servers.warm);
  await stopLocalServer(servers.cold);
  const floor = (name: string): number => quantile(samples.get(name) ?? [], 0.5);
  const floors = { spawnMs: floor(names.spawn), roundTripMs: floor(names.http) };
  const rows = [...samples].map(([name, values]) => rowOf(name, name.endsWith("rate") ? "MB/s" : "ms", values, floors));
  say(header());
  for (const row of rows) say(shown(row));
  for (const [name, reason] of bench.failures) say(`not measured, or failed at least once: ${name} (${reason})`);
  const sum = 2 * (floors.spawnMs + floors.roundTripMs);
  say(`2 x (raw spawn + bare round trip) = ${sum.toFixed(2)} ms`);
  return rows;
}

async function measureCrowds({ sizes }: Settings, client: Client, options: EnsureOptions): Promise<Crowd[]> {
  if (sizes.length === 0) return [];
  const server = await ensureLocalServer(options);
  const crowds: Crowd[] = [];
  for (const size of sizes) {
    const one = await crowd({ clock, client, target: server, serverPid: server.pid }, size);
    say(shownCrowd(one));
    crowds.push(one);
  }
  return crowds;
}

function keep({ out }: Settings, measured: { readonly rows: readonly Row[]; readonly crowds: readonly Crowd[] }): void {
  for (const goal of goals) say(`goal: ${goal}`);
  if (out === null) return;
  keepNumbers(out, clock, { goals, ...measured });
}

runProgram(main);
