// Meter readings times a price list. Whole-number arithmetic; each line is rounded up to the next micro-dollar once, at its
// end, so that a total is never below what was used.
import { invariant } from "../contracts/invariant.ts";
import type { MicroUsd } from "../contracts/money.ts";
import type { PriceList } from "./price-list.ts";

/** What one sandbox used. */
export interface MeterReading {
  readonly sandboxId: string;
  readonly cpuCount: number;
  readonly memoryMb: number;
  /** Time it was running, nanoseconds; paused time is not in it. */
  readonly ranNs: bigint;
  /** Times it was created within what is read, default 1; 0 for one that was there before. */
  readonly creations?: number;
  /** API calls made for it, default 0. */
  readonly calls?: number;
  /** Gigabyte-days stored, in thousandths, default 0. */
  readonly storageMilliGbDays?: number;
}

export interface CostLine {
  readonly sandboxId: string;
  readonly runtimeMicroUsd: MicroUsd;
  readonly otherMicroUsd: MicroUsd;
  readonly totalMicroUsd: MicroUsd;
}
export interface Cost {
  readonly priceList: string;
  readonly priceListSha256: string;
  readonly asOf: string;
  readonly currency: "USD";
  readonly lines: readonly CostLine[];
  readonly totalMicroUsd: MicroUsd;
  readonly sandboxSeconds: number;
}

const picoPerMicro = 1_000_000n;
const nsPerHour = 3_600_000_000_000n;
const mibPerGib = 1_024n;

/** One creation is counted per reading unless it says otherwise. */
export function priceOf(readings: readonly MeterReading[], list: PriceList): Cost {
  const lines = readings.map((reading) => lineOf(reading, list));
  const ranNs = readings.reduce((sum, reading) => sum + reading.ranNs, 0n);
  return {
    priceList: list.id,
    priceListSha256: list.sha256,
    asOf: list.asOf,
    currency: list.currency,
    lines,
    totalMicroUsd: lines.reduce((sum, line) => sum + line.totalMicroUsd, 0),
    sandboxSeconds: Number(ranNs / 1_000n) / 1e6,
  };
}

function lineOf(reading: MeterReading, { picoUsd }: PriceList): CostLine {
  const { sandboxId, cpuCount, memoryMb, ranNs, creations = 1, calls = 0, storageMilliGbDays = 0 } = reading;
  invariant(
    ranNs >= 0n && [cpuCount, memoryMb, creations, calls, storageMilliGbDays].every(isCount),
    "a meter counts upward",
  );
  // Pico-dollars per hour, times 1,024 so that memory in MiB stays whole.
  const hourly =
    mibPerGib * (BigInt(cpuCount) * BigInt(picoUsd.perVcpuHour) + BigInt(picoUsd.perSandboxHour)) +
    BigInt(memoryMb) * BigInt(picoUsd.perGibHour);
  const runtimeMicroUsd = dividedUp(hourly * ranNs, mibPerGib * nsPerHour * picoPerMicro);
  const events = BigInt(creations) * BigInt(picoUsd.perCreation) + BigInt(calls) * BigInt(picoUsd.perCall);
  const storage = BigInt(storageMilliGbDays) * BigInt(picoUsd.perStorageGbDay);
  const otherMicroUsd = dividedUp(events * 1_000n + storage, 1_000n * picoPerMicro);
  return { sandboxId, runtimeMicroUsd, otherMicroUsd, totalMicroUsd: runtimeMicroUsd + otherMicroUsd };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function dividedUp(amount: bigint, by: bigint): number {
  return Number((amount + by - 1n) / by);
}
