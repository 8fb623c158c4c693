// The four topologies on the same work: the swarm's core in virtual time, one seed, the usual faults. Simulated, and says so.
import { openBackend } from "../../src/backend/compose.ts";
import { topologyKinds } from "../../src/contracts/names.ts";

export interface TopologyRow {
  readonly topology: string;
  readonly provenance: string;
  readonly done: number;
  readonly messages: number;
  readonly hops: number;
  /** ms of virtual time. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const work = { agents: 100, hours: 1, seed: 7, tasksPerAgentHour: 40, growth: false } as const;

export async function compareTopologies(): Promise<readonly TopologyRow[]> {
  const backend = await openBackend();
  try {
    const rows: TopologyRow[] = [];
    for (const topology of topologyKinds) {
      const { report } = await backend.call("simulate", { ...work, topology });
      const { tasks, messages, turnaround } = report.run;
      rows.push({
        topology,
        provenance: report.provenance,
        done: tasks.done,
        messages: messages.sent,
        hops: messages.hops,
        p50Ms: turnaround?.p50Ms ?? Number.NaN,
        p99Ms: turnaround?.p99Ms ?? Number.NaN,
      });
    }
    return rows;
  } finally {
    await backend.close();
  }
}

export function shownTopologies(rows: readonly TopologyRow[]): readonly string[] {
  return rows.map(
    ({ topology, provenance, done, messages, hops, p50Ms, p99Ms }) =>
      `${topology} (${provenance}, ${work.agents} agents): ${done} tasks, ${messages} messages, ` +
      `${(hops / messages).toFixed(2)} hops each, turnaround p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
  );
}
