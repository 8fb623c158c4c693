// Many sandboxes at once: all created together, asked for their state, one command each, all killed together. Memory is
// read when they stand, and again after each ran its first command.
import type { Clock } from "../../src/host/clock.ts";
import { readMemory, type Memory } from "./memory.ts";
import { quantile } from "../report/samples.ts";
import { create, info, kill, run, type Client, type Sandbox, type Target } from "./wire.ts";

export interface CrowdOptions {
  readonly clock: Clock;
  readonly client: Client;
  readonly target: Target;
  readonly serverPid: number;
}

export interface Step {
  readonly wallMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly failures: readonly string[];
}

export interface PerSandbox {
  readonly privateMB: number;
  readonly serverMB: number;
  readonly availableMB: number;
  readonly processes: number;
}

export interface Crowd {
  readonly size: number;
  readonly create: Step;
  readonly status: Step;
  readonly run: Step;
  readonly kill: Step;
  readonly idle: PerSandbox;
  readonly afterRun: PerSandbox;
}

/** Processes gone, pool standing again. */
const settleMs = 2_500;
const shownFailures = 3;

export async function crowd(options: CrowdOptions, size: number): Promise<Crowd> {
  const { client, target, serverPid } = options;
  await options.clock.sleep(settleMs);
  const before = readMemory(serverPid);
  const sandboxes: Sandbox[] = [];
  const places = Array.from({ length: size }, (_, at) => at);
  const created = await together(options, places, async () => void sandboxes.push(await create(client, target)));
  const idle = perSandbox(before, readMemory(serverPid), sandboxes.length);
  const status = await together(options, sandboxes, async (sandbox) => info(client, sandbox));
  const ran = await together(options, sandboxes, async (sandbox) => run(client, sandbox, "echo hi"));
  const afterRun = perSandbox(before, readMemory(serverPid), sandboxes.length);
  const killed = await together(options, sandboxes, async (sandbox) => kill(client, sandbox));
  return { size, create: created, status, run: ran, kill: killed, idle, afterRun };
}

async function together<T>(
  { clock }: CrowdOptions,
  items: readonly T[],
  operation: (item: T) => Promise<unknown>,
): Promise<Step> {
  const from = clock.monotonicNs();
  const since = (): number => Number(clock.monotonicNs() - from) / 1e6;
  const durations: number[] = [];
  const failures: string[] = [];
  const one = async (item: T): Promise<void> => {
    try {
      await operation(item);
      durations.push(since());
    } catch (thrown) {
      failures.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  await Promise.all(items.map(one));
  const times = { wallMs: since(), p50Ms: quantile(durations, 0.5), p95Ms: quantile(durations, 0.95) };
  return { ...times, failures };
}

function perSandbox(before: Memory, after: Memory, count: number): PerSandbox {
  const each = (from: number, to: number): number => (to - from) / count / 1e6;
  return {
    privateMB: each(before.cellsBytes, after.cellsBytes),
    serverMB: each(before.serverBytes, after.serverBytes),
    availableMB: each(after.availableBytes, before.availableBytes),
    processes: (after.processes - before.processes) / count,
  };
}

export function shownCrowd(one: Crowd): string {
  const step = (name: string, { wallMs, p50Ms, p95Ms, failures }: Step): string => {
    const numbers = [wallMs, p50Ms, p95Ms].map((ms) => ms.toFixed(0)).join(" / ");
    const sentences = failures.slice(0, shownFailures).join("; ");
    return `  ${name.padEnd(8)} wall/p50/p95 ms ${numbers}, failures ${failures.length}${sentences && ` (${sentences})`}`;
  };
  const memory = (name: string, { privateMB, serverMB, availableMB, processes }: PerSandbox): string =>
    `  ${name.padEnd(18)} private ${privateMB.toFixed(2)} MB, server ${serverMB.toFixed(2)} MB, machine ${availableMB.toFixed(2)} MB, ${processes.toFixed(1)} processes each`;
  return [
    `${one.size} at once`,
    step("create", one.create),
    step("status", one.status),
    step("run", one.run),
    step("kill", one.kill),
    memory("memory, idle", one.idle),
    memory("memory, after run", one.afterRun),
  ].join("\n");
}
