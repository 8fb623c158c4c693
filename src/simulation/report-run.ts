// What one run comes to, in numbers that depend on nothing but its input.
import type { SimulatedRun } from "../contracts/simulation.ts";
import { priceOf } from "../costs/price-of.ts";
import type { PriceList } from "../costs/price-list.ts";
import type { World } from "./world/world.ts";

export function reportRun(world: World, prices: PriceList): SimulatedRun {
  const { settings, tally, source, record, auditor, trace } = world;
  const counts = world.source.counts();
  const { asked, traded, noTrade, noPanel } = tally.votes;
  return {
    seed: settings.seed,
    agents: settings.agents,
    hours: settings.hours,
    tasks: {
      ...counts,
      ...tally.ends,
      refusedFull: tally.refusedFull,
      leases: tally.leases,
      fenced: tally.fenced,
    },
    turnaround: quantiles(source.turnaround),
    votes: { asked, traded, noTrade, noPanel, undecided: asked - traded - noTrade - noPanel },
    agentsSeen: { most: tally.most, least: tally.least, started: tally.started, escalated: tally.escalated },
    coordinators: { epochs: record.epoch(), staleWritesRefused: tally.staleWrites },
    messages: { sent: tally.messages, hops: tally.hops, beats: tally.beats },
    faults: faultsOf(world),
    invariants: [...auditor.checks()],
    events: tally.happenings,
    steps: tally.steps,
    cost: costOf(world, prices),
    traceSha256: trace.digest(),
  };
}

function faultsOf({ account, timings }: World): SimulatedRun["faults"] {
  return account.rows().map((row) => {
    const timing = timings.get(row.kind);
    return { ...row, detection: quantiles(timing?.detection ?? []), downtime: quantiles(timing?.downtime ?? []) };
  });
}

/** One vCPU and 512 MiB per agent (decision 4). */
const size = { cpuCount: 1, memoryMb: 512 } as const;

function costOf({ meters }: World, prices: PriceList): SimulatedRun["cost"] {
  const readings = meters.map(({ agentId, ranMs }) => ({
    sandboxId: agentId,
    ...size,
    ranNs: BigInt(Math.round(ranMs * 1_000)) * 1_000n,
  }));
  const { priceList, priceListSha256, sandboxSeconds, totalMicroUsd } = priceOf(readings, prices);
  return { provenance: "simulated", priceList, priceListSha256, sandboxSeconds, totalMicroUsd };
}

/** The value that at least q of the samples do not exceed (nearest rank); no interpolation, so it was seen. */
function quantiles(samples: readonly number[]): SimulatedRun["turnaround"] {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  const at = (q: number): number => micro(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0);
  return { n: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** To the microsecond. */
function micro(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
