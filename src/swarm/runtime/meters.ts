// What a leader counts while it leads, for people and meters: what happened, and how long tasks took from when they were taken
// in until their result was durable. Nothing decides by it.
import type { Minute, Tally } from "../../contracts/live-swarm.ts";
import type { Clock } from "../../host/clock.ts";
import type { SwarmEffect } from "../core/effects.ts";
import { bucketOf } from "./log-histogram.ts";

type Counts = { -readonly [Name in keyof Tally]: number };

export interface Meters {
  readonly offered: (taskId: string) => void;
  readonly saw: (effect: SwarmEffect) => void;
  readonly tally: () => Tally;
  /** The minutes in which something ended since the last call; the present one is given again when it has grown. */
  readonly takeMinutes: () => readonly Minute[];
}

const minuteMs = 60_000;
/** Tasks whose duration is awaited; more than any window. */
const maxOpen = 100_000;

export function openMeters(clock: Clock): Meters {
  const zero = { done: 0, dead: 0, expired: 0, fenced: 0, votes: 0, agreed: 0 };
  const counts: Counts = { ...zero, detected: 0, recovered: 0, escalated: 0 };
  const openedNs = new Map<string, bigint>();
  const minutes = openMinutes(clock);
  const count = (name: "done" | "dead" | "expired" | "votes"): void => {
    counts[name] += 1;
    minutes.present()[name] += 1;
  };
  const ended = (name: "done" | "dead" | "votes", taskId: string): void => {
    count(name);
    const beganNs = openedNs.get(taskId);
    openedNs.delete(taskId);
    if (beganNs !== undefined) took(minutes.present(), Number(clock.monotonicNs() - beganNs) / 1e6);
  };
  return {
    offered(taskId) {
      if (openedNs.size < maxOpen && !openedNs.has(taskId)) openedNs.set(taskId, clock.monotonicNs());
    },
    saw(effect) {
      switch (effect.kind) {
        case "done":
        case "dead":
          return ended(effect.kind, effect.taskId);
        case "decided":
          counts.agreed += effect.decision.action === "none" ? 0 : 1;
          return ended("votes", effect.voteId);
        case "no-panel":
          return ended("votes", effect.voteId);
        case "expired":
          return count("expired");
        case "fenced":
        case "detected":
        case "recovered":
        case "escalated":
          counts[effect.kind] += 1;
          return;
        default:
          return;
      }
    },
    tally: () => ({ ...counts }),
    takeMinutes: minutes.takeGrown,
  };
}

interface Minutes {
  /** The minute of this moment, which is about to grow. */
  readonly present: () => MinuteCounts;
  readonly takeGrown: () => readonly Minute[];
}

function openMinutes(clock: Clock): Minutes {
  const grown = new Set<MinuteCounts>();
  let last = emptyMinute(clock.nowMs());
  return {
    present() {
      const nowMs = clock.nowMs();
      if (startOf(nowMs) !== last.atMs) last = emptyMinute(nowMs);
      grown.add(last);
      return last;
    },
    takeGrown() {
      const taken = [...grown];
      grown.clear();
      return taken;
    },
  };
}

function took(minute: MinuteCounts, ms: number): void {
  const bucket = String(bucketOf(ms));
  minute.buckets[bucket] = (minute.buckets[bucket] ?? 0) + 1;
  minute.sumMs += ms;
  minute.leastMs = minute.leastMs === 0 ? ms : Math.min(minute.leastMs, ms);
  minute.mostMs = Math.max(minute.mostMs, ms);
}

type MinuteCounts = { -readonly [Name in keyof Minute]: Minute[Name] } & { buckets: Record<string, number> };

function startOf(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

function emptyMinute(nowMs: number): MinuteCounts {
  return { atMs: startOf(nowMs), done: 0, dead: 0, expired: 0, votes: 0, sumMs: 0, leastMs: 0, mostMs: 0, buckets: {} };
}
