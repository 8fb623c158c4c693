// Where tasks come from: a steady stream that repeats an offer until it was accepted, and comes back later when it is told
// that the queue is full. It counts what it was promised.

export interface TaskSource {
  /** Offers that are due: new ones, and old ones without an answer. Ids in order. */
  readonly due: (nowMs: number, open: boolean) => readonly string[];
  /** The queue is full: it is offered again later, or no more once the source has closed. */
  readonly refused: (taskId: string) => void;
  /** A new coordinator leads: what it knows of everything that is awaited is asked at the next opportunity. */
  readonly askAgain: () => void;
  readonly accepted: (taskId: string) => void;
  readonly ended: (taskId: string, nowMs: number) => void;
  /** Accepted and not ended. */
  readonly pending: () => number;
  readonly counts: () => { readonly offered: number; readonly accepted: number };
  /** From first offer to durable end, ms; one in `every` is kept. */
  readonly turnaround: readonly number[];
}

const repeatAfterMs = 2_000;
const keepOneIn = 16;

/** At most `limit` offers wait for an answer: a source that is told "full" makes no more work. */
export function openSource(perMs: number, limit: number): TaskSource {
  /** Offered and not accepted: id -> when it was last offered. Insertion order is order of offering. */
  const asked = new Map<string, number>();
  const bornMs = new Map<string, number>();
  const awaited = new Set<string>();
  const turnedAway = new Set<string>();
  const turnaround: number[] = [];
  let made = 0;
  let promised = 0;
  let credit = 0;
  let lastMs = 0;
  return {
    turnaround,
    due(nowMs, open) {
      const offers: string[] = [];
      if (!open) for (const taskId of turnedAway) asked.delete(taskId);
      for (const [taskId, atMs] of asked) {
        if (nowMs - atMs >= repeatAfterMs) offers.push(taskId);
      }
      if (open && asked.size < limit) credit += (nowMs - lastMs) * perMs;
      lastMs = nowMs;
      for (; credit >= 1; credit -= 1) {
        made += 1;
        offers.push(`t${made}`);
        if (made % keepOneIn === 0) bornMs.set(`t${made}`, nowMs);
      }
      turnedAway.clear();
      for (const taskId of offers) {
        asked.delete(taskId);
        asked.set(taskId, nowMs);
      }
      return offers;
    },
    refused: (taskId) => void turnedAway.add(taskId),
    askAgain() {
      for (const taskId of awaited) asked.set(taskId, -repeatAfterMs);
    },
    accepted(taskId) {
      if (!asked.delete(taskId) || awaited.has(taskId)) return;
      promised += 1;
      awaited.add(taskId);
    },
    ended(taskId, nowMs) {
      // An end is an acceptance too: the promise may have been lost with its coordinator.
      const wasAsked = asked.delete(taskId);
      if (!awaited.delete(taskId)) {
        if (!wasAsked) return;
        promised += 1;
      }
      const born = bornMs.get(taskId);
      if (born === undefined) return;
      bornMs.delete(taskId);
      turnaround.push(nowMs - born);
    },
    pending: () => awaited.size + asked.size,
    counts: () => ({ offered: made, accepted: promised }),
  };
}
