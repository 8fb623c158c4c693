// What the leader says of its swarm, about once a second, for people and dashboards; and what ended in it in each minute, kept
// for a month. Under the fence of the tenure: a deposed leader says nothing more.
import { keptSeconds, type AgentReport, type Bulletin } from "../../contracts/live-swarm.ts";
import type { Json } from "../../contracts/json.ts";
import type { Loop } from "./loop.ts";
import type { Meters } from "./meters.ts";
import { surely, type Writer } from "./recorder.ts";

export interface BulletinOptions extends Writer {
  readonly meters: Meters;
  readonly loop: Loop;
  readonly silentMs: (agentId: string) => number;
  readonly failed: (thrown: unknown) => void;
}

export interface BulletinBoard {
  /** Called often; writes when it is time and the last writing is over. */
  readonly publish: () => void;
  /** The last word: resolves when it is durable. */
  readonly close: () => Promise<void>;
}

export const bulletinKey = "bulletin";
export const minutesPrefix = "minutes/";
const everyMs = 1_000;
/** A dead leader's last word is not news for longer. */
const lifeSeconds = 60;

export function openBulletin(options: BulletinOptions): BulletinBoard {
  const { clock, meters } = options;
  const ledSinceMs = clock.nowMs();
  let lastNs: bigint | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isFree = true;
  const write = async (): Promise<void> => {
    await put(options, bulletinKey, bulletinOf(options, ledSinceMs), lifeSeconds);
    for (const minute of meters.takeMinutes()) {
      // Two leaders may share a minute: each writes its own part of it.
      await put(options, `${minutesPrefix}${minute.atMs}-${options.fence.token}`, minute, keptSeconds);
    }
  };
  const start = (): void => {
    isFree = false;
    writing = writing.then(write).then(() => void (isFree = true), options.failed);
  };
  return {
    publish() {
      const nowNs = clock.monotonicNs();
      if (!isFree || (lastNs !== null && Number(nowNs - lastNs) / 1e6 < everyMs)) return;
      lastNs = nowNs;
      start();
    },
    async close() {
      start();
      await writing;
    },
  };
}

async function put(by: Writer, key: string, value: object, ttlSeconds: number): Promise<void> {
  const { store, namespace, writer, fence, clock } = by;
  const json: Json = JSON.parse(JSON.stringify(value));
  await surely(clock, () => store.put(namespace, key, json, { writer, fence, ttlSeconds }));
}

function bulletinOf({ clock, writer, fence, loop, meters, silentMs }: BulletinOptions, ledSinceMs: number): Bulletin {
  const counts = loop.counts();
  const agents = loop.agents().map((agent): AgentReport => {
    const status = agent.status === "ready" && agent.open > 0 ? "busy" : agent.status;
    return { ...agent, status, silentMs: silentMs(agent.agentId) };
  });
  return {
    atMs: clock.nowMs(),
    leader: writer,
    epoch: fence.token,
    ledSinceMs,
    wanted: counts.wanted,
    openTasks: counts.queued + counts.leased + counts.committing,
    agents,
    tally: meters.tally(),
  };
}
