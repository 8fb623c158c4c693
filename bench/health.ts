// The harness's own pulse while it measures: how late its event loop was, what garbage collection took, how late it sent,
// how fine its clock is. Law: reference "measurement", section 3: it is recorded, and a plan may void a run by it.
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { readFileSync } from "node:fs";
import { nearestRank } from "../harness/certify/statistics/ranks.ts";
import type { EventRecorder } from "../harness/evidence/recorder.ts";
import type { Clock } from "../src/host/clock.ts";

/** One reading, whole numbers only; shares are parts per million of the time watched. */
export interface Health {
  readonly windowNs: number;
  readonly loopP99Ns: number;
  readonly loopMaxNs: number;
  readonly gcCount: number;
  readonly gcMaxNs: number;
  readonly gcSharePpm: number;
  /** Smallest step of the monotonic clock that was seen. */
  readonly clockGrainNs: number;
  readonly sent: number;
  readonly sendLagP99Ns: number;
  /** Processor time of this process. */
  readonly cpuPpm: number;
  readonly residentKib: number;
  /** What the host took away from this machine; 0 where the system does not say. */
  readonly stealPpm: number;
}

export interface HealthWatch {
  /** A request left `ns` after its scheduled time. */
  readonly sent: (lagNs: number) => void;
  readonly read: () => Health;
  /** Writes the last reading as a note and stops watching. */
  readonly close: (events: EventRecorder) => void;
}

/** How often the loop is asked, ms; a delay shorter than this is not seen. */
const resolutionMs = 10;
/** Most send lags that are kept; later ones replace none. */
const mostLags = 1_000_000;

export function watchHealth(clock: Clock): HealthWatch {
  const loop = monitorEventLoopDelay({ resolution: resolutionMs });
  const gc = { count: 0, maxMs: 0, sumMs: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      gc.count += 1;
      gc.sumMs += duration;
      gc.maxMs = Math.max(gc.maxMs, duration);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  loop.enable();
  const lags: number[] = [];
  const beganNs = clock.monotonicNs();
  const cpu = process.cpuUsage();
  const steal = readSteal();
  const beyond = (ns: number): number => Math.max(0, Math.round(ns) - resolutionMs * 1_000_000) || 0;
  const read = (): Health => {
    const windowNs = Number(clock.monotonicNs() - beganNs);
    const used = process.cpuUsage(cpu);
    const sorted = [...lags].sort((a, b) => a - b);
    const now = readSteal();
    return {
      windowNs,
      loopP99Ns: beyond(loop.percentile(99)),
      loopMaxNs: beyond(loop.max),
      gcCount: gc.count,
      gcMaxNs: Math.round(gc.maxMs * 1e6),
      gcSharePpm: share(gc.sumMs * 1e6, windowNs),
      clockGrainNs: grainOf(clock),
      sent: lags.length,
      sendLagP99Ns: sorted[nearestRank(sorted.length, 990_000) - 1] ?? 0,
      cpuPpm: share((used.user + used.system) * 1_000, windowNs),
      residentKib: Math.round(process.memoryUsage.rss() / 1_024),
      stealPpm: share(now.steal - steal.steal, now.all - steal.all),
    };
  };
  return {
    sent: (lagNs) => void (lags.length < mostLags && lags.push(lagNs)),
    read,
    close: (events) => {
      events.append({ k: "note", what: "health", data: { ...read() } });
      observer.disconnect();
      loop.disable();
    },
  };
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.max(0, Math.round((part / whole) * 1e6));
}

function grainOf(clock: Clock): number {
  let least = Number.MAX_SAFE_INTEGER;
  let before = clock.monotonicNs();
  for (let i = 0; i < 100; i += 1) {
    const next = clock.monotonicNs();
    if (next > before) least = Math.min(least, Number(next - before));
    before = next;
  }
  return least === Number.MAX_SAFE_INTEGER ? 1_000_000_000 : least;
}

/** Clock ticks since boot: stolen by the host, and all of them. */
function readSteal(): { readonly steal: number; readonly all: number } {
  try {
    const ticks = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").trim().split(/\s+/).slice(1, 9).map(Number);
    return { steal: ticks[7] ?? 0, all: ticks.reduce((sum, tick) => sum + tick, 0) };
  } catch {
    return { steal: 0, all: 0 };
  }
}
