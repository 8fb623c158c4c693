// Readings of what each sandbox uses: sampled from the host's side every few seconds, also while it stands paused (its RAM
// stays taken), kept in a bounded number, and taken anew when somebody asks.
import { isRecord } from "../../contracts/json.ts";
import type { Cancel, Clock } from "../../host/clock.ts";
import { callAgent } from "../agent-call.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox, SandboxTable } from "../sandbox-table.ts";

export interface Reading {
  readonly atMs: number;
  readonly cpuUsedPct: number;
  readonly memUsed: number;
  readonly memCache: number;
  readonly diskUsed: number;
  readonly diskTotal: number;
}

export interface MetricsBook {
  /** Oldest first, the last one not older than a second where that is possible. From when its disk was first counted. */
  history(sandbox: LocalSandbox): Promise<readonly Reading[]>;
  /** Ends the sampling. */
  close(): void;
}

type Disk = Pick<Reading, "diskUsed" | "diskTotal">;

interface Entry {
  readonly readings: (Omit<Reading, keyof Disk> & { readonly disk: Disk | null })[];
  cpu: { readonly ns: number; readonly atNs: bigint } | null;
  /** Only the agent can count files, and an agent nobody called yet is not woken for it. */
  disk: Disk | null;
}

const sampleMs = 5_000;
const freshMs = 1_000;

export function openMetricsBook(table: SandboxTable, clock: Clock): MetricsBook {
  const entries = new WeakMap<LocalSandbox, Entry>();
  const entryOf = (sandbox: LocalSandbox): Entry => {
    const known = entries.get(sandbox) ?? { readings: [], cpu: null, disk: null };
    entries.set(sandbox, known);
    return known;
  };
  const stop: Cancel = clock.every(
    sampleMs,
    () => {
      for (const sandbox of table.all()) sample(entryOf(sandbox), sandbox, clock);
    },
    { unref: true },
  );
  return {
    async history(sandbox) {
      const entry = entryOf(sandbox);
      const newest = entry.readings.at(-1);
      const isFresh = newest !== undefined && newest.disk !== null && clock.nowMs() - newest.atMs < freshMs;
      if (!isFresh) await ask(entry, sandbox, clock);
      return entry.readings.flatMap(({ disk, ...reading }) => (disk === null ? [] : [{ ...reading, ...disk }]));
    },
    close: stop,
  };
}

/** From the host's side alone; false where the isolation keeps no figures. */
function sample(entry: Entry, sandbox: LocalSandbox, clock: Clock): boolean {
  const usage = sandbox.cell.usage?.() ?? null;
  if (usage === null) return false;
  const atNs = clock.monotonicNs();
  const since = entry.cpu ?? { ns: 0, atNs: sandbox.startedAtNs };
  const elapsedNs = Number(atNs - since.atNs);
  // After a cold boot the counter begins again.
  const usedNs = usage.cpuNs >= since.ns ? usage.cpuNs - since.ns : usage.cpuNs;
  entry.cpu = { ns: usage.cpuNs, atNs };
  const cpuUsedPct = elapsedNs > 0 ? Math.round((usedNs / elapsedNs) * 10_000) / 100 : 0;
  const { memoryBytes: memUsed, cacheBytes: memCache } = usage;
  push(entry, { atMs: clock.nowMs(), cpuUsedPct, memUsed, memCache });
  return true;
}

/** An agent that stands still or is gone cannot answer, and the disk's last figures stay. */
async function ask(entry: Entry, sandbox: LocalSandbox, clock: Clock): Promise<void> {
  const said = sandbox.state.kind === "running" ? await readAgent(sandbox, clock) : null;
  if (said !== null) entry.disk = { diskUsed: said.diskUsed, diskTotal: said.diskTotal };
  if (!sample(entry, sandbox, clock) && said !== null) push(entry, said);
}

function push(entry: Entry, { atMs, cpuUsedPct, memUsed, memCache }: Omit<Reading, keyof Disk>): void {
  entry.readings.push({ atMs, cpuUsedPct, memUsed, memCache, disk: entry.disk });
  if (entry.readings.length > limits.metricsKept) entry.readings.shift();
}

async function readAgent(sandbox: LocalSandbox, clock: Clock): Promise<Reading | null> {
  try {
    const call = { method: "GET", path: "/metrics", token: sandbox.token } as const;
    const answer = await callAgent(sandbox.cell, call, clock);
    const value: unknown = answer.status === 200 ? JSON.parse(answer.text) : null;
    if (!isRecord(value)) return null;
    return {
      atMs: clock.nowMs(),
      cpuUsedPct: amount(value.cpu_used_pct),
      memUsed: amount(value.mem_used),
      memCache: amount(value.mem_cache),
      diskUsed: amount(value.disk_used),
      diskTotal: amount(value.disk_total),
    };
  } catch {
    return null;
  }
}

function amount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}
