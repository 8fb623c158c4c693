// One round: every operation once on a server with a warm pool, then a create on a server without one, floors in between.
// Rounds follow each other, so that what the machine does meanwhile falls on every operation alike.
import type { Clock } from "../../src/host/clock.ts";
import { fullSpawn, rawSpawn } from "./floor.ts";
import { record, type Samples } from "../report/samples.ts";
import { create, info, json, kill, pauseOrResume, read, run, write, type Client, type Target } from "./wire.ts";

export interface Bench {
  readonly clock: Clock;
  readonly client: Client;
  readonly samples: Samples;
  readonly bareUrl: string;
  /** Server with spares, and one that starts every sandbox on demand. */
  readonly warm: Target;
  readonly cold: Target;
  /** Operations that failed, by name: they are no samples. */
  readonly failures: Map<string, string>;
}

export const names = {
  spawn: "raw spawn: bwrap … true",
  fullSpawn: "bwrap with all namespaces, true",
  http: "bare Node HTTP round trip",
} as const;

const smallBytes = 1024;
const largeBytes = 10 * 1_048_576;
/** Enough for the pool to stand again and for the machine to be still. */
const settleMs = 300;
const steadyRuns = 3;

export async function timed<T>(bench: Bench, name: string, operation: () => Promise<T>): Promise<T | null> {
  const from = bench.clock.monotonicNs();
  try {
    const value = await operation();
    record(bench.samples, name, Number(bench.clock.monotonicNs() - from) / 1e6);
    return value;
  } catch (thrown) {
    bench.failures.set(name, thrown instanceof Error ? thrown.message : String(thrown));
    return null;
  }
}

export async function round(bench: Bench): Promise<void> {
  await floors(bench);
  await warmSandbox(bench);
  await bench.clock.sleep(settleMs);
  await floors(bench);
  await coldSandbox(bench);
  await bench.clock.sleep(settleMs);
}

async function floors(bench: Bench): Promise<void> {
  const exchange = { method: "POST", path: "/", ...json({}), expect: [200] } as const;
  await timed(bench, names.http, async () => bench.client.call(bench.bareUrl, exchange));
  await timed(bench, names.spawn, rawSpawn);
  await timed(bench, names.http, async () => bench.client.call(bench.bareUrl, exchange));
  await timed(bench, names.fullSpawn, fullSpawn);
}

async function warmSandbox(bench: Bench): Promise<void> {
  const { client, clock } = bench;
  const sandbox = await timed(bench, "create, from the pool", async () => create(client, bench.warm));
  if (sandbox === null) return;
  await timed(bench, "first run, pooled", async () => run(client, sandbox, "echo hi"));
  await clock.sleep(settleMs);
  for (let i = 0; i < steadyRuns; i++) await timed(bench, "run", async () => run(client, sandbox, "echo hi"));
  await timed(bench, "info", async () => info(client, sandbox));
  const small = Buffer.alloc(smallBytes, 7);
  await timed(bench, "write 1 KiB", async () => write(client, sandbox, "small", small));
  await timed(bench, "read 1 KiB", async () => same(small, await read(client, sandbox, "small")));
  const large = Buffer.alloc(largeBytes, 7);
  const upload = await throughput(bench, "upload", async () => write(client, sandbox, "large", large));
  if (upload) await throughput(bench, "download", async () => same(large, await read(client, sandbox, "large")));
  await throughput(bench, "stdout", async () => run(client, sandbox, `head -c ${largeBytes} /dev/zero`));
  await timed(bench, "pause", async () => pauseOrResume(client, sandbox, "pause"));
  await timed(bench, "resume", async () => pauseOrResume(client, sandbox, "resume"));
  await timed(bench, "kill", async () => kill(client, sandbox));
}

async function coldSandbox(bench: Bench): Promise<void> {
  const { client } = bench;
  const sandbox = await timed(bench, "create, cold", async () => create(client, bench.cold));
  if (sandbox !== null) {
    await timed(bench, "first run, cold", async () => run(client, sandbox, "echo hi"));
    await timed(bench, "kill, cold", async () => kill(client, sandbox));
  }
  await bench.clock.sleep(settleMs);
  const whole = async (): Promise<void> => {
    const second = await create(client, bench.cold);
    await run(client, second, "echo hi");
    await kill(client, second);
  };
  await timed(bench, "create + run + kill, cold", whole);
}

/** 10 MiB each way: the time, and the rate beside it. */
async function throughput(bench: Bench, name: string, operation: () => Promise<unknown>): Promise<boolean> {
  const whole = `${name} 10 MiB`;
  const before = bench.samples.get(whole)?.length ?? 0;
  await timed(bench, whole, operation);
  const durations = bench.samples.get(whole) ?? [];
  const last = durations.at(-1);
  if (last === undefined || durations.length === before) return false;
  record(bench.samples, `${name} rate`, largeBytes / 1e6 / (last / 1e3));
  return true;
}

function same(wanted: Buffer, got: Buffer): void {
  if (!wanted.equals(got)) throw new Error(`read ${got.length} bytes that are not the ${wanted.length} written`);
}
