// What the journal and the target's list amount to: creates of the last hour, and the cost of the day. Pure. What was not
// measured, or not often enough to say it, is null.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { priceOf } from "../../costs/price-of.ts";
import type { PriceList } from "../../costs/price-list.ts";
import type { JournalLine } from "./journal.ts";

export interface CreateFigures {
  readonly attempts: number;
  readonly failed: number;
  /** Null of nothing. */
  readonly successRate: number | null;
  /** Samples behind the times: creates that worked. */
  readonly timed: number;
  /** Nearest rank; null below `leastForP95` samples. */
  readonly p95Ms: number | null;
  readonly p50Ms: number | null;
  readonly mostMs: number | null;
}

/** With fewer samples the 95th of a hundred is the greatest of all. */
export const leastForP95 = 20;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Wrong arguments and calls that people stopped say nothing about the target. */
const notTheTargets = /^(usage\.|cancelled$|sandbox\.(template-unknown|unsupported)$)/;

export function createFigures(lines: readonly JournalLine[], nowMs: number): CreateFigures {
  const recent = lines.filter(({ atMs }) => atMs > nowMs - hourMs && atMs <= nowMs);
  const times = recent.flatMap((line) => (line.kind === "created" ? [line.tookMs] : [])).toSorted((a, b) => a - b);
  const failed = recent.filter((line) => line.kind === "not-created" && !notTheTargets.test(line.code)).length;
  const attempts = times.length + failed;
  const at = (q: number): number | null => times[Math.max(0, Math.ceil(q * times.length) - 1)] ?? null;
  return {
    attempts,
    failed,
    successRate: attempts === 0 ? null : times.length / attempts,
    timed: times.length,
    p50Ms: at(0.5),
    p95Ms: times.length < leastForP95 ? null : at(0.95),
    mostMs: times.at(-1) ?? null,
  };
}

export interface DayCost {
  readonly priceList: string;
  /** Midnight UTC, ms since 1970. */
  readonly sinceMs: number;
  readonly sandboxSeconds: number;
  readonly totalMicroUsd: number;
  /** Of what runs now. */
  readonly perHourMicroUsd: number;
  /** Sandboxes whose end nobody saw: they are counted to the end of their life. */
  readonly assumed: number;
}

interface Life {
  readonly sandboxId: string;
  readonly cpuCount: number;
  readonly memoryMb: number;
  readonly fromMs: number;
  toMs: number;
}

/** Of the sandboxes the target knows and of those this folder made; time paused is counted as time run. */
export function dayCost(
  lines: readonly JournalLine[],
  known: readonly SandboxRecord[],
  { nowMs, prices }: { readonly nowMs: number; readonly prices: PriceList },
): DayCost {
  const sinceMs = Math.floor(nowMs / dayMs) * dayMs;
  const { lives, assumed } = livesOf(lines, known, nowMs);
  const readings = lives
    .filter(({ toMs }) => toMs > sinceMs)
    .map(({ fromMs, toMs, ...life }) => ({
      ...life,
      ranNs: BigInt(Math.max(0, Math.round(toMs - Math.max(fromMs, sinceMs)))) * 1_000_000n,
      creations: fromMs >= sinceMs ? 1 : 0,
    }));
  const { priceList, sandboxSeconds, totalMicroUsd } = priceOf(readings, prices);
  return { priceList, sinceMs, sandboxSeconds, totalMicroUsd, perHourMicroUsd: perHour(known, prices), assumed };
}

/** What one hour of these costs, those that run. */
export function perHour(known: readonly SandboxRecord[], prices: PriceList): number {
  const ranNs = BigInt(hourMs) * 1_000_000n;
  const readings = known
    .filter(({ status }) => status === "running")
    .map(({ sandboxId, resources }) => ({ sandboxId, ...resources, ranNs, creations: 0 }));
  return priceOf(readings, prices).totalMicroUsd;
}

function livesOf(lines: readonly JournalLine[], known: readonly SandboxRecord[], nowMs: number) {
  const lives = new Map<string, Life>();
  const unseen = new Set<string>();
  for (const line of lines) {
    if (line.kind === "created") {
      const { sandboxId, atMs, resources, endMs } = line;
      lives.set(sandboxId, { sandboxId, ...resources, fromMs: atMs, toMs: Math.min(nowMs, endMs) });
      unseen.add(sandboxId);
    }
    const life = line.kind === "ended" ? lives.get(line.sandboxId) : undefined;
    if (life === undefined) continue;
    life.toMs = line.atMs;
    unseen.delete(life.sandboxId);
  }
  for (const { sandboxId, resources, createdAt } of known) {
    lives.set(sandboxId, { sandboxId, ...resources, fromMs: Date.parse(createdAt), toMs: nowMs });
    unseen.delete(sandboxId);
  }
  return { lives: [...lives.values()], assumed: unseen.size };
}
