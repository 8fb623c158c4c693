// Everybody who looks on at once: one follower for the list of swarms and one for each live swarm, whatever the number of viewers.
// A viewer resumes from its cursor without a gap, or is told that there is one; a viewer too slow for what comes is dropped.
import type { Observatory } from "../../backend/live/observatory.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import { cursorText, type Cursor } from "./cursor.ts";
import { follow, type Follower, type TextEvent } from "./follower.ts";
import { listEvent, swarmEvent } from "./swarm-events.ts";

export interface Viewer {
  /** Only this swarm's events; null for all. */
  readonly only: string | null;
  /** Bytes that were written and not yet sent. */
  waiting(): number;
  write(text: string): void;
  /** Resolves when what was written is sent, or the viewer has gone. */
  sent(): Promise<void>;
  drop(): void;
}

export interface Hub {
  /** Resolves when the viewer is at the present; null begins there. What it returns lets it go. */
  join(viewer: Viewer, from: Cursor | null): Promise<() => void>;
  /** To all viewers of a swarm, without moving their cursors. */
  say(swarmId: string, event: string, data: string): void;
  viewers(): number;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly observatory: Observatory;
  readonly clock: Clock;
  readonly log: Log;
  /** The only swarm that is served; null for all. */
  readonly only: string | null;
  /** Told of every event of a swarm. */
  readonly changed: (swarmId: string) => void;
}

/** Swarms followed at once, the latest first. */
export const mostFollowed = 50;
/** A viewer that lags behind by so much is dropped. */
const mostWaitingBytes = 1024 * 1024;
const heartbeatMs = 15_000;
const lookEveryMs = 5_000;

interface Present {
  readonly viewer: Viewer;
  readonly at: Map<string, number>;
}

/** Resolves once it follows the swarms that live now. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { clock } = options;
  const present = new Set<Present>();
  const crowd = openCrowd(present);
  const followers = openFollowers(options, (namespace, event) => crowd.tell(namespace, event));
  await followers.look();
  const stops = [
    clock.every(heartbeatMs, () => crowd.all(": here\n\n")),
    // Ended swarms are let go, and what the list did not tell is found.
    clock.every(lookEveryMs, () => void followers.look().catch(() => undefined)),
  ];
  return {
    async join(viewer, from) {
      const one: Present = { viewer, at: new Map(from) };
      if (from !== null) {
        await refuseStrange(one, options.observatory, followers.all());
        await catchUp(one, followers.all);
      }
      // From here to the end of this turn nothing else runs: what is held is written, and the next event finds the viewer.
      for (const follower of followers.all()) {
        if (from !== null)
          for (const event of follower.held(one.at.get(follower.namespace) ?? 0) ?? [])
            give(one, event, follower.namespace);
        if (isFor(viewer, follower.namespace))
          one.at.set(follower.namespace, Math.max(follower.position(), one.at.get(follower.namespace) ?? 0));
      }
      viewer.write(`id: ${cursorText(one.at)}\nevent: here\ndata: {}\n\n`);
      present.add(one);
      return () => void present.delete(one);
    },
    say: (swarmId, event, data) => crowd.say(swarmId, event, data),
    viewers: () => present.size,
    async close() {
      for (const stop of stops) stop();
      for (const { viewer } of present) viewer.drop();
      present.clear();
      await followers.close();
    },
  };
}

function openCrowd(present: Set<Present>) {
  const shed = (one: Present): void => {
    if (one.viewer.waiting() <= mostWaitingBytes) return;
    present.delete(one);
    one.viewer.drop();
  };
  return {
    tell(namespace: string, event: TextEvent): void {
      for (const one of present) {
        if (event.seq <= (one.at.get(namespace) ?? 0)) continue;
        give(one, event, namespace);
        shed(one);
      }
    },
    all(text: string): void {
      for (const one of present) {
        one.viewer.write(text);
        shed(one);
      }
    },
    say(swarmId: string, event: string, data: string): void {
      for (const one of present) {
        if (one.viewer.only !== swarmId) continue;
        one.viewer.write(`event: ${event}\ndata: ${data}\n\n`);
        shed(one);
      }
    },
  };
}

function isFor({ only }: Viewer, namespace: string): boolean {
  return only === null || only === namespace || !namespace.startsWith("swarm_");
}

function give({ viewer, at }: Present, { seq, kind, data }: TextEvent, namespace: string): void {
  if (!isFor(viewer, namespace)) return;
  at.set(namespace, seq);
  viewer.write(`id: ${cursorText(at)}\nevent: ${kind}\ndata: ${data}\n\n`);
}

/** A position the record has not reached is of another record. One this server has not reached is only ahead of it. */
async function refuseStrange(one: Present, observatory: Observatory, all: readonly Follower[]): Promise<void> {
  for (const { namespace, position } of all) {
    const at = one.at.get(namespace) ?? 0;
    if (at <= position() || at <= (await observatory.position(namespace))) continue;
    give(one, { seq: position(), kind: "gap", data: JSON.stringify({ namespace }) }, namespace);
  }
}

/** More rounds only when more happens than is held while older changes are read. */
const mostRounds = 10;

async function catchUp(one: Present, all: () => readonly Follower[]): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const behind = all().filter(({ namespace, held }) => {
      return isFor(one.viewer, namespace) && held(one.at.get(namespace) ?? 0) === null;
    });
    if (behind.length === 0) return;
    for (const follower of behind) await rereadFor(one, follower, round === mostRounds - 1);
  }
}

async function rereadFor(one: Present, { namespace, reread, position }: Follower, isLast: boolean): Promise<void> {
  const gap = (): void => {
    give(one, { seq: position(), kind: "gap", data: JSON.stringify({ namespace }) }, namespace);
  };
  try {
    const reached = await reread(one.at.get(namespace) ?? 0, async (event) => {
      give(one, event, namespace);
      await one.viewer.sent();
    });
    one.at.set(namespace, reached);
    if (isLast) gap();
  } catch {
    gap();
  }
}

function openFollowers(
  { observatory, clock, log, only, changed }: HubOptions,
  tell: (ns: string, e: TextEvent) => void,
) {
  const followers = new Map<string, Follower>();
  let looking: Promise<void> = Promise.resolve();
  let isOver = false;
  const list = observatory.listNamespace;
  const start = async (namespace: string, from?: number): Promise<void> => {
    const told = (event: TextEvent): void => {
      if (namespace === list) void look().catch(() => undefined);
      else changed(namespace);
      tell(namespace, event);
    };
    const eventOf = namespace === list ? listEvent : swarmEvent.bind(null, namespace);
    const begin = from === undefined ? {} : { from };
    followers.set(namespace, await follow({ observatory, clock, log, namespace, eventOf, told, ...begin }));
  };
  const once = async (): Promise<void> => {
    if (isOver) return;
    // Who looks on already must miss nothing of a swarm that comes; what was there before the first of them is in the record.
    const from = followers.has(list) ? 0 : undefined;
    if (!followers.has(list)) await start(list);
    const wanted = await liveOnes(observatory, only);
    for (const swarmId of wanted) if (!followers.has(swarmId)) await start(swarmId, from);
    for (const [namespace, follower] of followers) {
      if (namespace === list || wanted.includes(namespace)) continue;
      followers.delete(namespace);
      await follower.close();
    }
  };
  const look = (): Promise<void> => (looking = looking.catch(() => undefined).then(once));
  return {
    look,
    all: () => [...followers.values()],
    async close() {
      isOver = true;
      await looking.catch(() => undefined);
      await Promise.all([...followers.values()].map((follower) => follower.close()));
    },
  };
}

async function liveOnes(observatory: Observatory, only: string | null): Promise<readonly string[]> {
  const listed = (await observatory.swarms()).filter(({ swarmId }) => only === null || swarmId === only);
  const live: string[] = [];
  for (const { swarmId } of listed.slice(0, 4 * mostFollowed)) {
    // One that goes in between is no longer there to be followed.
    if (live.length < mostFollowed && (await observatory.isLive(swarmId).catch(() => false))) live.push(swarmId);
  }
  return live;
}
