// This process's clocks beside the kernel's own, read from /proc. A clock that was replaced runs, stands or is set otherwise.
import { readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";

export interface ClockPair {
  /** Since the kernel started, ms, to ten milliseconds. Null where there is no /proc. */
  readonly kernelMs: number | null;
  /** Wall time by the kernel's account, ms, to a second. */
  readonly kernelWallMs: number | null;
  readonly monotonicMs: number;
  readonly performanceMs: number;
  readonly wallMs: number;
}

export function readClocks(clock: Clock): ClockPair {
  const kernelMs = uptimeMs();
  return {
    kernelMs,
    kernelWallMs: kernelMs === null ? null : bootMs() + kernelMs,
    monotonicMs: Number(clock.monotonicNs() / 1_000_000n),
    performanceMs: performance.now(),
    wallMs: clock.nowMs(),
  };
}

/** Readings lie apart, and the kernel's is coarse: this much difference says nothing. */
const grainMs = 150;
const sharePart = 0.02;
/** The wall clock may be corrected while a run goes on; nobody corrects it by so much. */
const wallMs = 10_000;

/** Sentences that name the clocks which do not agree with the kernel's between two readings; empty when all do. */
export function clockProblems(first: ClockPair, last: ClockPair): readonly string[] {
  if (first.kernelMs === null || last.kernelMs === null || last.kernelWallMs === null) return [];
  const passed = last.kernelMs - first.kernelMs;
  const allowed = grainMs + passed * sharePart;
  const off = (seen: number): boolean => Math.abs(seen - passed) > allowed;
  return [
    ...(off(last.monotonicMs - first.monotonicMs) ? ["the monotonic clock does not run with the kernel's"] : []),
    ...(off(last.performanceMs - first.performanceMs) ? ["performance.now does not run with the kernel's clock"] : []),
    ...(off(last.wallMs - first.wallMs) && passed < wallMs ? ["the wall clock does not run with the kernel's"] : []),
    ...(Math.abs(last.wallMs - last.kernelWallMs) > wallMs ? ["the wall clock does not show the kernel's time"] : []),
  ];
}

function uptimeMs(): number | null {
  try {
    return Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1_000);
  } catch {
    return null;
  }
}

function bootMs(): number {
  const line = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"));
  return Number(line?.[1] ?? Number.NaN) * 1_000;
}
