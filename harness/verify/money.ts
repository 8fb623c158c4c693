// Metered sandbox time in money, per reading and in exact arithmetic, rounded up once at the end.
import { wholeOf, type Fields } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";

/** Micro-dollars; null without a price list. */
export function microUsd(meters: readonly Fields[], prices: Fields): number | null {
  const cpu = wholeOf(prices["nanoUsdPerVcpuSecond"]);
  const memory = wholeOf(prices["nanoUsdPerGibSecond"]);
  if (cpu === null || memory === null) return null;
  // In nano-dollars per second, times 1,024 for the mebibytes, times 1e9 for the nanoseconds, times 1e3 for micro.
  let scaled = 0n;
  for (const meter of meters) {
    const perSecond = BigInt(cpu) * 1024n * BigInt(wholeOf(meter["vcpu"]) ?? 0);
    const held = BigInt(memory) * BigInt(wholeOf(meter["memMiB"]) ?? 0);
    scaled += (perSecond + held) * BigInt(wholeOf(meter["ns"]) ?? 0);
  }
  const unit = 1024n * 10n ** 12n;
  return Number(scaled % unit === 0n ? scaled / unit : scaled / unit + 1n);
}

/** Every meter reading of what the run used. What the scenarios of its plan would cost is metered beside it and is no spending. */
export function metersIn(files: readonly RecordFile[]): readonly Fields[] {
  const used = (row: Fields): boolean => row["k"] === "meter" && row["metric"] === "meter.sandbox-seconds";
  return files.flatMap((file) => (file.kind === "events" ? file.rows.filter(used) : []));
}
