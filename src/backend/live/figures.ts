// What a live swarm did in a stretch of time, from what its leaders wrote down minute by minute and what was executed on it.
import { parse } from "../../contracts/parse.ts";
import type { Execution, Minute } from "../../contracts/live-swarm.ts";
import { added, quantileOf, type Buckets } from "../../swarm/runtime/log-histogram.ts";
import { minutesPrefix } from "../../swarm/runtime/bulletin.ts";
import { executionsPrefix } from "./execute-live.ts";
import type { LiveSwarm } from "./live-swarm.ts";

export interface Figures {
  readonly done: number;
  readonly dead: number;
  readonly expired: number;
  readonly votes: number;
  /** ms, from taken in to durable; quantiles are upper bounds of their buckets. Null of nothing. */
  readonly latency: Latency | null;
  /** Done of done and given up, votes included; null of nothing. */
  readonly successRate: number | null;
  readonly trades: number;
  readonly pnlMicroUsd: number;
}

export interface Latency {
  readonly count: number;
  readonly average: number;
  readonly least: number;
  readonly most: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** All that is kept of what a swarm did. */
export interface History {
  readonly minutes: readonly Minute[];
  /** The oldest first. */
  readonly executions: readonly Execution[];
}

/** Throws `memory.corrupt`. */
export async function historyOf({ store, swarmId }: LiveSwarm): Promise<History> {
  const [minutes, executions] = await Promise.all([
    store.list(swarmId, minutesPrefix),
    store.list(swarmId, executionsPrefix),
  ]);
  return {
    minutes: minutes.map(({ value }) => parse("live.minute", value, "memory.corrupt")),
    executions: executions
      .map(({ value }) => parse("live.execution", value, "memory.corrupt"))
      .toSorted((a, b) => a.atMs - b.atMs),
  };
}

/** Of the minutes that begin at or after `fromMs`. */
export function figuresOf(history: History, fromMs: number): Figures {
  const minutes = history.minutes.filter(({ atMs }) => atMs >= fromMs);
  const executions = history.executions.filter(({ atMs }) => atMs >= fromMs);
  const total = (of: (minute: Minute) => number): number => minutes.reduce((sum, minute) => sum + of(minute), 0);
  const [done, dead, votes] = [total((one) => one.done), total((one) => one.dead), total((one) => one.votes)];
  const ended = done + dead + votes;
  return {
    done,
    dead,
    expired: total((one) => one.expired),
    votes,
    latency: latencyOf(minutes),
    successRate: ended === 0 ? null : (done + votes) / ended,
    trades: executions.reduce((sum, { trades }) => sum + trades, 0),
    pnlMicroUsd: executions.reduce((sum, { pnlMicroUsd }) => sum + pnlMicroUsd, 0),
  };
}

function latencyOf(minutes: readonly Minute[]): Latency | null {
  const buckets = minutes.reduce((sum: Buckets, minute) => added(sum, minute.buckets), {});
  const count = Object.values(buckets).reduce((sum, n) => sum + n, 0);
  if (count === 0) return null;
  const most = Math.max(...minutes.map(({ mostMs }) => mostMs));
  // A bucket's bound may lie above everything that was seen.
  const at = (q: number): number => Math.min(most, quantileOf(buckets, q) ?? most);
  return {
    count,
    average: minutes.reduce((sum, { sumMs }) => sum + sumMs, 0) / count,
    least: Math.min(...minutes.filter(({ mostMs }) => mostMs > 0).map(({ leastMs }) => leastMs)),
    most,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}
