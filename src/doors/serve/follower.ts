// One watch of one namespace, whoever looks on: it keeps the latest events, bounded by their size, and passes new ones on. What is
// older than that is read from the record again for the one viewer who asks.
import type { Observatory } from "../../backend/live/observatory.ts";
import type { Change } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { SwarmEvent } from "./swarm-events.ts";

export interface TextEvent {
  readonly seq: number;
  readonly kind: SwarmEvent["kind"];
  /** JSON in one line. */
  readonly data: string;
}

export interface FollowerOptions {
  readonly observatory: Pick<Observatory, "watch" | "position">;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly eventOf: (change: Change) => SwarmEvent | null;
  readonly told: (event: TextEvent) => void;
  /** Position to begin after; default the present end of the namespace. */
  readonly from?: number;
}

export interface Follower {
  readonly namespace: string;
  /** Everything up to here was passed on. */
  readonly position: () => number;
  /** What it still holds after `from`; null when it no longer holds all of it. */
  readonly held: (from: number) => readonly TextEvent[] | null;
  /** Reads from the record what lies after `from`; where it ended. Throws `memory.compacted` for what is gone. */
  readonly reread: (from: number, each: (event: TextEvent) => Promise<void>) => Promise<number>;
  close(): Promise<void>;
}

const mostHeldChars = 512 * 1024;
const mostReread = 10_000;
const rereadWithinMs = 5_000;
const againAfterMs = 1_000;

export async function follow(options: FollowerOptions): Promise<Follower> {
  const { observatory, namespace, clock } = options;
  const end = new AbortController();
  const ring = openRing(options.from ?? (await observatory.position(namespace)));
  const running = run(options, ring, end.signal);
  return {
    namespace,
    position: ring.position,
    held: ring.held,
    async reread(from, each) {
      const until = ring.position();
      const enough = new AbortController();
      const cancel = clock.after(rereadWithinMs, () => enough.abort());
      let at = from;
      let left = mostReread;
      try {
        for await (const change of observatory.watch(namespace, from, enough.signal)) {
          const event = textOf(options, change);
          if (event !== null) await each(event);
          at = change.seq;
          left -= 1;
          if (at >= until || left === 0) break;
        }
      } finally {
        cancel();
      }
      return at;
    },
    async close() {
      end.abort();
      await running;
    },
  };
}

async function run(options: FollowerOptions, ring: Ring, signal: AbortSignal): Promise<void> {
  const { observatory, namespace, clock, log } = options;
  while (!signal.aborted) {
    try {
      for await (const change of observatory.watch(namespace, ring.position(), signal)) {
        const event = textOf(options, change);
        ring.add(change.seq, event);
        if (event !== null) options.told(event);
      }
    } catch (thrown) {
      const { code, message } = SwarmError.from(thrown);
      log.write("warn", "the record could not be watched", { namespace, reason: message });
      if (code === "memory.compacted") await skip(options, ring).catch(() => undefined);
    }
    // A watch that ends, as that of a closed record, must not begin anew at once.
    await clock.sleep(againAfterMs, signal).catch(() => undefined);
  }
}

/** Changes were thrown away before they were read: that is said, and it goes on from the present end. */
async function skip({ observatory, namespace, told }: FollowerOptions, ring: Ring): Promise<void> {
  const seq = await observatory.position(namespace);
  ring.restart(seq);
  told({ seq, kind: "gap", data: JSON.stringify({ namespace }) });
}

function textOf({ eventOf }: FollowerOptions, change: Change): TextEvent | null {
  const event = eventOf(change);
  return event === null ? null : { seq: change.seq, kind: event.kind, data: JSON.stringify(event.data) };
}

type Ring = ReturnType<typeof openRing>;

function openRing(begin: number) {
  let events: TextEvent[] = [];
  let chars = 0;
  let [floor, at] = [begin, begin];
  return {
    position: () => at,
    held: (from: number) => (from < floor ? null : events.filter(({ seq }) => seq > from)),
    add(seq: number, event: TextEvent | null): void {
      at = seq;
      if (event === null) return;
      events.push(event);
      chars += event.data.length;
      while (chars > mostHeldChars) {
        const oldest = events.shift();
        if (oldest === undefined) return;
        chars -= oldest.data.length;
        floor = oldest.seq;
      }
    },
    restart(seq: number): void {
      events = [];
      [chars, floor, at] = [0, seq, seq];
    },
  };
}
