// Money as a metric: metered sandbox time × a dated price list, in micro-dollars, rounded up. Law: measurement §2 and §5.2.
// Local seconds at cloud prices are modelled, so they inform and never gate.
import type { EventsFile } from "../claims/bundle.ts";
import type { MeterRecord } from "../claims/events.ts";
import type { Plan, PriceList } from "../claims/plan.ts";

/** Σ ns × (vCPU price × vCPUs + GiB price × MiB ÷ 1,024), nano-dollars per second, to micro-dollars rounded up. */
export function costMicroUsd(
  meters: readonly Pick<MeterRecord, "ns" | "vcpu" | "memMiB">[],
  prices: PriceList,
): number {
  // Divisors left for the end: ns per s, MiB per GiB, nano per micro.
  const divisor = 1_000_000_000n * 1_024n * 1_000n;
  let total = 0n;
  for (const meter of meters) {
    const cpu = BigInt(prices.nanoUsdPerVcpuSecond) * BigInt(meter.vcpu) * 1_024n;
    const memory = BigInt(prices.nanoUsdPerGibSecond) * BigInt(meter.memMiB);
    total += BigInt(meter.ns) * (cpu + memory);
  }
  return Number((total + divisor - 1n) / divisor);
}

export interface Metered {
  readonly meters: readonly MeterRecord[];
  readonly derivedFrom: readonly { readonly sha256: string; readonly records: number }[];
}

export function metersOf(metric: string, files: readonly EventsFile[]): Metered {
  const isOurs = (record: { readonly k: string; readonly metric?: string }): boolean =>
    record.k === "meter" && record.metric === metric;
  const used = files.filter((file) => file.events.some((event) => isOurs(event)));
  const meters = used
    .flatMap((file) => file.events)
    .filter((event): event is MeterRecord => event.k === "meter" && event.metric === metric);
  return { meters, derivedFrom: used.map(({ sha256, records }) => ({ sha256, records })) };
}

/** Cost of a metric; null without a price list or without any reading. */
export function costOf(plan: Plan, meters: readonly MeterRecord[]): number | null {
  if (plan.priceList === null || meters.length === 0) return null;
  return costMicroUsd(meters, plan.priceList);
}
