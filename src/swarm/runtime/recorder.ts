// Makes record effects durable under the fence of the tenure, and says up to where. Writes asked for in one turn share a
// commit; `recorded` is told for the longest prefix that is durable, because the core counts in order.
import type { Decision } from "../../contracts/ballots.ts";
import type { Json } from "../../contracts/json.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import type { Fence } from "../../contracts/record-write.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { untilRecorded } from "../../host/until-recorded.ts";
import type { SwarmEffect } from "../core/effects.ts";

export type RecordEffect = Extract<SwarmEffect, { kind: "record" }>;

export interface Writer {
  readonly store: RecordStore;
  readonly namespace: string;
  readonly writer: string;
  readonly fence: Fence;
  readonly clock: Clock;
}

export interface RecorderOptions extends Writer {
  /** Completes a task: result and completion in one transaction. */
  readonly complete: (taskId: string, result: string) => Promise<void>;
  readonly bury: (taskId: string, attempts: number) => Promise<void>;
  /** Completes a vote with its decision and what it was made of. */
  readonly decide: (voteId: string, decision: Decision) => Promise<void>;
  readonly recorded: (upTo: number) => void;
  /** The record refused, or did not answer for too long: this tenure is over. */
  readonly failed: (reason: SwarmError) => void;
}

export interface Recorder {
  readonly take: (effect: RecordEffect) => void;
  /** A write about an agent, after those about it that were asked for before. */
  readonly inLine: <T>(agentId: string, write: () => Promise<T>) => Promise<T>;
  /** Resolves when everything taken is durable or refused. */
  readonly written: () => Promise<void>;
}

export function openRecorder(options: RecorderOptions): Recorder {
  const durable = new Set<number>();
  const underWay = new Set<Promise<void>>();
  let upTo = 0;
  const confirm = (seq: number): void => {
    durable.add(seq);
    if (seq !== upTo + 1) return;
    while (durable.delete(upTo + 1)) upTo += 1;
    options.recorded(upTo);
  };
  /** Writes about one agent follow each other; others run at once. */
  const lines = new Map<string, Promise<unknown>>();
  const inLine = <T>(key: string, write: () => Promise<T>): Promise<T> => {
    // One that failed has ended the tenure; those behind it are refused by themselves.
    const next = (lines.get(key) ?? Promise.resolve()).then(write, write);
    lines.set(key, next);
    const leave = (): void => {
      if (lines.get(key) === next) lines.delete(key);
    };
    next.then(leave, leave);
    return next;
  };
  return {
    inLine,
    take({ seq, entry }) {
      const write = (): Promise<void> => writeEntry(options, entry);
      const written = ("agentId" in entry ? inLine(entry.agentId, write) : write()).then(
        () => confirm(seq),
        (thrown: unknown) => options.failed(SwarmError.from(thrown)),
      );
      underWay.add(written);
      void written.finally(() => underWay.delete(written));
    },
    async written() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function writeEntry(options: RecorderOptions, entry: RecordEffect["entry"]): Promise<void> {
  switch (entry.kind) {
    // It was claimed from the durable queue: it is recorded already.
    case "task":
      return;
    case "done":
      return options.complete(entry.taskId, entry.result);
    case "dead":
      return options.bury(entry.taskId, entry.attempts);
    case "agent":
      return putForEver(options, `agents/${entry.agentId}`, { capabilities: entry.capabilities });
    case "agent-gone":
      return remove(options, `agents/${entry.agentId}`);
    case "decision":
      return options.decide(entry.voteId, entry.decision);
  }
}

export async function putForEver(by: Writer, key: string, value: object): Promise<void> {
  const json: Json = JSON.parse(JSON.stringify(value));
  const { store, namespace, writer, fence } = by;
  await surely(by.clock, () => store.put(namespace, key, json, { writer, fence, ttlSeconds: null }));
}

export async function remove(by: Writer, key: string): Promise<void> {
  const { store, namespace, writer, fence } = by;
  await surely(by.clock, () => store.delete(namespace, key, { writer, fence }));
}

/** A leader that the record does not answer for longer is soon none: its lease runs out. */
const patience = { maxTries: 20, pauseMs: 25 };

/** Repeats a write that may be repeated until the record says what came of it. */
export function surely<T>(clock: Clock, write: () => Promise<T>): Promise<T> {
  return untilRecorded(clock, write, patience);
}
